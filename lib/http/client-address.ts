import { Logger } from '@nestjs/common';
import { isPrivateAddress, readAddress } from '../limits/address.js';
import type { ClientAddress } from '../limits/send-request.js';
import type { HttpRequest } from './http-request.js';

/**
 * Reads the client's address of a request. It is the adapter's `request.ip`: only `trust proxy` of Express and
 * `trustProxy` of Fastify decide whether a header counts.
 */
export class ClientAddresses {
  readonly #logger = new Logger('PhoneVerify');
  #isReported = false;

  /** Reads one. The first that turns out to be a proxy's is logged. */
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
      `Requests are forwarded by a proxy at ${ip} that the HTTP adapter does not trust. So the client's own address is ` +
        'unknown, and limits.perIp counts all clients behind the proxy together, with 50 times its max. Configure the ' +
        'proxy in the adapter: ' +
        "Express `app.set('trust proxy', 'uniquelocal')`, Fastify `new FastifyAdapter({ trustProxy: 'uniquelocal' })`; " +
        "in both, 'loopback' for a proxy on the same machine, or the proxy's own address.",
    );
  }
}

/**
 * Whether the address is the connection's peer and that peer forwards requests. Once the adapter has followed a trusted
 * proxy, the address is what that proxy was connected to: anything to the left of it in `X-Forwarded-For`, and any
 * other header, may come from the client itself.
 */
function isForwardedByPeer(request: HttpRequest): boolean {
  const { headers } = request;
  // A proxy may send an empty header.
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
  return isForwarded && countTrustedProxies(request) === 0;
}

/**
 * How many proxies the adapter followed. Fastify's list begins with the connection's own address, Express's does not.
 */
function countTrustedProxies({ ips, raw }: HttpRequest): number {
  if (ips === undefined) return 0;
  return raw === undefined ? ips.length : ips.length - 1;
}
