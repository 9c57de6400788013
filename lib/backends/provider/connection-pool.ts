import { Agent as PlainAgent, type AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { getProxyForUrl } from 'proxy-from-env';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { proxyAuthorization, TunnelAgent } from './tunnel-agent.js';

/** How a request reaches its URL. */
export interface Route {
  /** Keeps the connections. */
  readonly agent: PlainAgent;
  /** The proxy that the request is sent to, with its whole URL. Default: none, the agent connects to the URL's host. */
  readonly proxy?: URL;
}

/**
 * An idle connection is closed after half a minute: load balancers and firewalls drop one after a minute or more, and not
 * always visibly. Where the server announces a shorter time, Node closes it a second before that.
 */
const POOL: AgentOptions = { keepAlive: true, timeout: 30_000 };

/** All backends share the connections. An agent keeps those of each origin apart, and idle ones keep no process running. */
const plainPool = new PlainAgent(POOL);
const securePool = new SecureAgent(POOL);

/** By the address of the proxy. */
const tunnels = new Map<string, TunnelAgent>();

/** The variables that can name a proxy. Only if one of them has a value, the URL and `NO_PROXY` decide. */
const PROXY_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/**
 * The route to a URL: direct, or through the proxy that the environment names for it. An `https://` URL is reached
 * through a tunnel, so that the proxy sees the host only.
 *
 * @throws {@link SmsDeliveryError} `misconfigured` if the environment names something else than an HTTP proxy.
 */
export function routeTo(url: string): Route {
  const isSecure = isSecureUrl(url);
  const address = PROXY_VARIABLES.some((name) => process.env[name]) ? getProxyForUrl(url) : '';
  if (address === '') return { agent: isSecure ? securePool : plainPool };
  const proxy = proxyAt(address);
  if (!isSecure) return { agent: isSecureUrl(address) ? securePool : plainPool, proxy };
  const tunnel = tunnels.get(address) ?? new TunnelAgent(proxy, POOL);
  tunnels.set(address, tunnel);
  return { agent: tunnel };
}

/** Whether a URL begins with `https://`. */
export function isSecureUrl(url: string | URL): boolean {
  // Not parsed: this runs for every message.
  return /^https:/i.test(String(url));
}

function proxyAt(address: string): URL {
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) return withCredentials(new URL(address));
  throw new SmsDeliveryError(
    'misconfigured',
    'The proxy variable of the environment must be an address that begins with http:// or https://. For another kind ' +
      'of proxy, set the option `agent`.',
  );
}

/** Checks that the user and the password of a proxy's address can be decoded. */
function withCredentials(proxy: URL): URL {
  try {
    proxyAuthorization(proxy);
    return proxy;
  } catch {
    throw new SmsDeliveryError(
      'misconfigured',
      'The user or the password in the proxy variable of the environment has a % that begins no code; write it as %25.',
    );
  }
}
