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
    const isUntrustedProxy = ip !== undefined && isPrivateAddress(ip) && hasUntrustedHop(request);
    if (isUntrustedProxy) this.#report(ip);
    return { ip, isUntrustedProxy };
  }

  #report(ip: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#logger.error(
      `Requests are forwarded by a proxy at ${ip} that the HTTP adapter does not trust, so the client's own address is ` +
        'not known. Name the proxy to the adapter: ' +
        "Express `app.set('trust proxy', 'uniquelocal')`, Fastify `new FastifyAdapter({ trustProxy: 'uniquelocal' })`; " +
        "in both, 'loopback' for a proxy on the same machine, or the proxy's own address.",
    );
  }
}

/**
 * Whether a header names somebody behind the address that the adapter gives. Where the adapter trusts every proxy, its
 * list accounts for the whole of `X-Forwarded-For`, and a private address is that of a client inside the network.
 */
function hasUntrustedHop(request: HttpRequest): boolean {
  const trusted = trustedHops(request);
  const forwardedFor = request.headers['x-forwarded-for'];
  if (forwardedFor !== undefined) return String(forwardedFor).split(',').length > trusted;
  return request.headers['forwarded'] !== undefined;
}

/** How many addresses of `X-Forwarded-For` the adapter trusts. Fastify's list begins with the socket's address. */
function trustedHops({ ips, raw }: HttpRequest): number {
  if (ips === undefined) return 0;
  return raw === undefined ? ips.length : ips.length - 1;
}
