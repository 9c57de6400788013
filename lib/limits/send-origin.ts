import type { SendOptions } from '../verification/verification.types.js';
import { type AddressBucket, bucketsOf, readAddress } from './address.js';

/** Under which the routes say where a send comes from; a symbol that is not exported, so no other caller can. */
export const CLIENT_ADDRESS = Symbol('PhoneVerify.clientAddress');

/** Who asked for a send over HTTP. */
export interface ClientAddress {
  /** In its one spelling; `undefined` when the adapter gives none that can be read. */
  readonly ip: string | undefined;
  /** The address is that of a proxy, which many people share: limits by address leave room for them. */
  readonly isUntrustedProxy: boolean;
}

/** The options of a send of the routes. */
export interface RoutedSendOptions extends SendOptions {
  readonly [CLIENT_ADDRESS]?: ClientAddress;
}

/** Where a send comes from, for the limits. */
export interface SendOrigin extends ClientAddress {
  /** What a limit by address counts, smallest first; none when a caller of the service gave no address. */
  readonly buckets: readonly AddressBucket[];
}

/** Reads where a send comes from. One over HTTP has a bucket even when it has no address. */
export function originOf(options: RoutedSendOptions): SendOrigin {
  const client = options[CLIENT_ADDRESS];
  if (client !== undefined) return { ...client, buckets: bucketsOf(client.ip) };
  if (options.ip === undefined) return { ip: undefined, isUntrustedProxy: false, buckets: [] };
  const ip = readAddress(options.ip);
  return { ip, isUntrustedProxy: false, buckets: bucketsOf(ip) };
}
