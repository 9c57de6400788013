import { type AddressBucket, bucketsOf, readAddress } from './address.js';

/** Who asked for a send, as far as the library can tell. */
export interface ClientAddress {
  /** In canonical form; `undefined` when no valid address is known. */
  readonly ip: string | undefined;
  /** The address is that of a proxy, which many clients share: limits per address leave room for them. */
  readonly isUntrustedProxy: boolean;
}

/** Where a send comes from, for the limits. */
export interface SendOrigin extends ClientAddress {
  /** What a limit per address counts, smallest first; none when a caller of the service gave no address. */
  readonly buckets: readonly AddressBucket[];
}

/** The client at the address that a caller of the service gave; `undefined` when it gave none. */
export function clientAt(ip: string | undefined): ClientAddress | undefined {
  return ip === undefined ? undefined : { ip: readAddress(ip), isUntrustedProxy: false };
}

/** Where a client's send is counted. A client without a valid address still has a bucket; no client at all has none. */
export function originOf(client: ClientAddress | undefined): SendOrigin {
  if (client === undefined) return { ip: undefined, isUntrustedProxy: false, buckets: [] };
  return { ...client, buckets: bucketsOf(client.ip) };
}
