import {
  request as requestPlain,
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as requestSecure } from 'node:https';
import { PACKAGE_VERSION } from '../../common/package-version.js';
import type { TimeLimit } from '../../common/time.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { type Route, routeTo } from './connection-pool.js';
import { proxyAuthorization, TunnelAgent, type TunnelOptions } from './tunnel-agent.js';

export { basicAuthorization } from './basic-authorization.js';

/** A request to a provider. */
export interface ProviderRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** The response of a provider. */
export interface ProviderResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The body, cut off at {@link MAX_RESPONSE_BYTES}. */
  readonly text: string;
}

/** Longer than any provider's response to one message. The rest is not read. */
const MAX_RESPONSE_BYTES = 65_536;

/** Sent unless the SDK or the application has one of its own. */
const USER_AGENT = `nestjs-phone-verify/${PACKAGE_VERSION}`;

/** What is known of one try to send a request. */
interface Progress {
  /** The request was handed to the connection. From here on, it may have been written in part. */
  isStarted: boolean;
  /** The whole request was written. */
  isWritten: boolean;
  /** A response began. It may be about a request of which only a part was written. */
  hasResponse: boolean;
}

/**
 * Sends one request and reads the response. All provider backends use it, so that they agree on whether a message may
 * have been sent: a failure before the request was written is `unavailable`, a later one is `unknown`. Follows no
 * redirect, because a request carries credentials. Closes the connection when it is cancelled.
 *
 * A connection is used again. If it was closed while it was idle, which is known before anything is written, the request
 * is sent on another one. A request is never repeated once a byte of it may have been written.
 *
 * @param agent - Makes the connections. Default: the pool that all backends share, through the environment's proxy.
 * @throws {@link SmsDeliveryError} `unavailable` or `unknown`; `misconfigured` if a proxy refuses its credentials. A
 *   response of any status is returned.
 */
export async function exchange(request: ProviderRequest, limit: TimeLimit, agent?: Agent): Promise<ProviderResponse> {
  const route = agent === undefined ? routeTo(request.url) : { agent };
  for (;;) {
    const response = await attempt(request, limit, route);
    if (response !== undefined) return response;
  }
}

/** @returns `undefined` if the connection was closed while it was idle, so that nothing was written. */
async function attempt(
  request: ProviderRequest,
  limit: TimeLimit,
  route: Route,
): Promise<ProviderResponse | undefined> {
  const progress: Progress = { isStarted: false, isWritten: false, hasResponse: false };
  let outgoing: ClientRequest | undefined;
  try {
    if (limit.isOver) throw new Error('The message was given up.');
    outgoing = open(request, limit, route);
    return await readResponse(await responseTo(outgoing, request.body, limit, progress));
  } catch (thrown) {
    if (thrown instanceof SmsDeliveryError) throw thrown;
    if (progress.isWritten || progress.hasResponse) {
      throw new SmsDeliveryError('unknown', 'The connection ended without a response.', { cause: thrown });
    }
    if (outgoing?.reusedSocket && !progress.isStarted && !limit.isOver) return undefined;
    throw new SmsDeliveryError('unavailable', 'The provider could not be reached.', { cause: thrown });
  }
}

function open(
  { method, url, headers, body }: ProviderRequest,
  limit: TimeLimit,
  { agent, proxy }: Route,
): ClientRequest {
  const target = targetOf(proxy ?? new URL(url));
  const sent: Record<string, string> = { ...headers };
  if (!hasHeader(headers, 'user-agent')) sent['user-agent'] = USER_AGENT;
  if (body !== undefined) sent['content-length'] = String(Buffer.byteLength(body));
  if (proxy !== undefined) {
    target.path = url;
    Object.assign(sent, { host: new URL(url).host }, proxyAuthorization(proxy));
  }
  target.method = method;
  target.headers = sent;
  target.agent = agent;
  if (agent instanceof TunnelAgent) target.tunnelSignal = limit.signal;
  return target.protocol === 'https:' ? requestSecure(target) : requestPlain(target);
}

/** The address of a request. `urlToHttpOptions` copies a whole URL, which takes as long as the rest of a request. */
function targetOf({ protocol, hostname, port, pathname, search, username, password }: URL): TunnelOptions {
  const target: TunnelOptions = {
    protocol,
    // URLs have brackets around an address of IPv6.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: pathname + search,
  };
  if (username + password !== '') target.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return target;
}

function hasHeader(headers: ProviderRequest['headers'], name: string): boolean {
  return Object.keys(headers).some((each) => each.toLowerCase() === name);
}

function responseTo(
  outgoing: ClientRequest,
  body: string | Uint8Array | undefined,
  limit: TimeLimit,
  progress: Progress,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      outgoing.destroy();
      reject(error);
    };
    outgoing.once('finish', () => {
      progress.isWritten = true;
    });
    outgoing.once('response', (incoming) => {
      // What arrived while the connection was idle, such as a 408, is no response to this request.
      if (!progress.isStarted) return fail(new Error('The connection had an unexpected response.'));
      progress.hasResponse = true;
      resolve(incoming);
    });
    // Not `once`: a connection can fail again after the response has begun.
    outgoing.on('error', reject);
    outgoing.once('socket', (socket) => {
      const start = (): void => {
        if (outgoing.destroyed) return;
        progress.isStarted = true;
        outgoing.end(body);
      };
      if (!outgoing.reusedSocket) start();
      else afterPolling(() => (socket.writable ? start() : fail(new Error('The connection was closed.'))));
    });
    // Not the option `signal` of the request: without a connection, as while it waits for a proxy, it reports nothing.
    limit.onEnd(fail);
  });
}

/**
 * Runs an action after Node has read what has arrived on its connections until now, such as the end of an idle one. The
 * first `setImmediate` runs after the polling that is in progress, the second one after a whole one.
 */
function afterPolling(action: () => void): void {
  setImmediate(() => setImmediate(action));
}

function readResponse(incoming: IncomingMessage): Promise<ProviderResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (): void => resolve(responseOf(incoming, Buffer.concat(chunks)));
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < MAX_RESPONSE_BYTES) return;
      end();
      incoming.destroy();
    });
    incoming.once('end', end);
    incoming.on('error', reject);
  });
}

function responseOf({ statusCode = 0, headers }: IncomingMessage, body: Buffer): ProviderResponse {
  return { status: statusCode, headers, text: body.subarray(0, MAX_RESPONSE_BYTES).toString('utf8') };
}
