import { Logger } from '@nestjs/common';
import { isPrivateAddress, readAddress } from '../limits/address.js';
import type { ClientAddress } from '../limits/send-origin.js';
import type { HttpRequest } from './http-request.js';

/**
 * Reads who sent a request. The address is the adapter's `request.ip`: whether a header has a say is decided there, by
 * `trust proxy` of Express and `trustProxy` of Fastify, never here.
 */
export class ClientAddresses {
  readonly #logger = new Logger('PhoneVerify');
  #isReported = false;

  /** Reads one; the first that turns out to be a proxy's is told in the log. */
  read(request: HttpRequest): ClientAddress {
    const ip = readAddress(request.ip);
    const isUntrustedProxy = ip !== undefined && isForwardedByPeer(request) && isPrivateAddress(ip);
    if (isUntrustedProxy) this.#report(ip);
    return { ip, isUntrustedProxy };
  }

  #report(ip: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#logger.error(
      `Requests are forwarded by a proxy at ${ip} that the HTTP adapter does not trust, so the client's own address is ` +
        'not known, and limits.perIp counts everybody behind it together, with 50 times its max. Name the proxy to the ' +
        'adapter: ' +
        "Express `app.set('trust proxy', 'uniquelocal')`, Fastify `new FastifyAdapter({ trustProxy: 'uniquelocal' })`; " +
        "in both, 'loopback' for a proxy on the same machine, or the proxy's own address.",
    );
  }
}

/**
 * Whether the address is that of the connection's other end, and it forwards for somebody else. Once the adapter has
 * gone past a proxy that it trusts, the address is what that proxy was connected to: whatever stands left of it in
 * `X-Forwarded-For`, and in other headers, may be the client's own words.
 */
function isForwardedByPeer(request: HttpRequest): boolean {
  const { headers } = request;
  // A proxy may write a header that is empty.
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
  return isForwarded && countTrustedProxies(request) === 0;
}

/** How many proxies the adapter has gone past. Fastify's list begins with the connection's address, Express's does not. */
function countTrustedProxies({ ips, raw }: HttpRequest): number {
  if (ips === undefined) return 0;
  return raw === undefined ? ips.length : ips.length - 1;
}
