import { Logger } from '@nestjs/common';
import type { IncomingRequest } from '../common/incoming-request.js';
import { IpAddress } from '../limits/address.js';
import type { ClientAddress } from '../limits/send-request.js';

/** Headers in which CDNs pass on the address of their client. */
const CDN_HEADERS = ['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'x-azure-clientip'];

/**
 * Reads the client's address of a request. It is the adapter's `request.ip`: only `trust proxy` of Express and
 * `trustProxy` of Fastify decide whether a header counts.
 */
export class ClientAddresses {
  readonly #logger = new Logger('PhoneVerify');
  #isProxyReported = false;
  #isCdnReported = false;

  /** Reads one. The first that belongs to a proxy, or may belong to a CDN, is logged. */
  read(request: IncomingRequest): ClientAddress {
    const ip = IpAddress.read(request.ip);
    if (ip === undefined) return { ip, isUntrustedProxy: false };
    const isUntrustedProxy = isForwarded(request) && countTrustedProxies(request) === 0 && ip.isPrivate;
    if (isUntrustedProxy) this.#reportProxy(ip);
    else this.#reportCdn(ip, request);
    return { ip, isUntrustedProxy };
  }

  /** A CDN writes the address of its client into a header. If that is another address, the CDN's edge is counted. */
  #reportCdn(ip: IpAddress, { headers }: IncomingRequest): void {
    if (this.#isCdnReported) return;
    const header = CDN_HEADERS.find(
      (name) => headers[name] !== undefined && IpAddress.read(headers[name])?.text !== ip.text,
    );
    if (header === undefined || ip.isPrivate) return;
    this.#isCdnReported = true;
    this.#logger.warn(
      `A request from ${ip.text} has the header ${header}, which CDNs set. If the address is that of a CDN, limits.perIp counts ` +
        "all clients behind it as one. Have the HTTP adapter trust the CDN's addresses (Express `trust proxy`, Fastify " +
        '`trustProxy`), or return the address of the client from the option `identifyClient`. If no CDN is in front of ' +
        'the application, a client sent the header, and nothing needs to change.',
    );
  }

  #reportProxy(ip: IpAddress): void {
    if (this.#isProxyReported) return;
    this.#isProxyReported = true;
    this.#logger.error(
      `Requests are forwarded by a proxy at ${ip.text} that the HTTP adapter does not trust. So the client's own address is ` +
        'unknown, and limits.perIp counts all clients behind the proxy together, with 50 times its max. Configure the ' +
        'proxy in the adapter: ' +
        "Express `app.set('trust proxy', 'uniquelocal')`, Fastify `new FastifyAdapter({ trustProxy: 'uniquelocal' })`; " +
        "in both, 'loopback' for a proxy on the same machine, or the proxy's own address.",
    );
  }
}

/** Whether a proxy forwards a request. It may send an empty header. */
function isForwarded({ headers }: IncomingRequest): boolean {
  return headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
}

/**
 * How many proxies the adapter followed. With none, the address is the connection's peer. Once it has followed a trusted
 * proxy, the address is what that proxy was connected to: anything to the left of it in `X-Forwarded-For`, and any other
 * header, may come from the client itself. Fastify's list begins with the connection's own address, Express's does not.
 */
function countTrustedProxies({ ips, raw }: IncomingRequest): number {
  if (ips === undefined) return 0;
  return raw === undefined ? ips.length : ips.length - 1;
}
