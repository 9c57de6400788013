import { once } from 'node:events';
import { request as requestPlain, type AgentOptions, type IncomingMessage } from 'node:http';
import { Agent, request as requestSecure, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { basicAuthorization } from './basic-authorization.js';

/** Options of a request that may need a new connection. */
export interface TunnelOptions extends RequestOptions {
  /** Gives up the tunnel. Node does not pass the `signal` of a request on to its agent. */
  tunnelSignal?: AbortSignal;
}

type Done = (error: Error | null, stream?: Duplex | null) => void;

/** Keeps TLS connections that go through a tunnel of an HTTP proxy (CONNECT, RFC 9110, 9.3.6). */
export class TunnelAgent extends Agent {
  constructor(
    private readonly proxy: URL,
    pool: AgentOptions,
  ) {
    super(pool);
  }

  /** Called by Node for a new connection. */
  override createConnection(options: TunnelOptions, done: Done): undefined {
    void this.#connect(options, done);
  }

  async #connect(options: TunnelOptions, done: Done): Promise<void> {
    let stream: Duplex | null | undefined;
    try {
      const socket = await openTunnel(this.proxy, options);
      const inTunnel: RequestOptions & { readonly socket: Socket } = { ...options, socket };
      stream = super.createConnection(inTunnel);
    } catch (thrown) {
      done(thrown instanceof Error ? thrown : new Error(String(thrown)));
      return;
    }
    done(null, stream);
  }
}

/** The header that a proxy's address with user and password asks for. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  return {
    'proxy-authorization': basicAuthorization(decodeURIComponent(username), decodeURIComponent(password)),
  };
}

/** @throws {@link SmsDeliveryError} if the proxy refuses: nothing was sent. */
async function openTunnel(proxy: URL, { host, port, tunnelSignal }: TunnelOptions): Promise<Socket> {
  const target = `${host?.includes(':') ? `[${host}]` : host}:${port}`;
  const request = proxy.protocol === 'https:' ? requestSecure : requestPlain;
  const connecting = request({
    // URLs have brackets around an address of IPv6.
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...proxyAuthorization(proxy) },
    agent: false,
    ...(tunnelSignal !== undefined && { signal: tunnelSignal }),
  });
  const responded: Promise<[IncomingMessage, Socket]> = once(connecting, 'connect').then(([response, socket]) => [
    response,
    socket,
  ]);
  connecting.end();
  const [{ statusCode = 0 }, socket] = await responded;
  if (statusCode >= 200 && statusCode < 300) return socket;
  socket.destroy();
  throw new SmsDeliveryError(
    statusCode === 407 ? 'misconfigured' : 'unavailable',
    `The proxy refused the connection to the provider with status ${statusCode}.`,
    { providerCode: String(statusCode) },
  );
}
