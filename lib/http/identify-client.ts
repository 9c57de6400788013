import type { IncomingRequest } from '../common/incoming-request.js';
import type { OptionReader } from '../common/option-reader.js';

/**
 * The client that limits count.
 *
 * @publicApi
 */
export interface ClientIdentity {
  /** Address of the client, for `perIp`. Default: the adapter's `request.ip`. */
  readonly ip?: string | undefined;
  /** Name of a user, a device or a tenant, for `perSubject`; any text. Default: none, so `perSubject` does not apply. */
  readonly subject?: string | undefined;
}

/**
 * Names the client of a register or resend request over HTTP: by the header of a CDN that the application trusts, or by
 * its signed-in user. It runs after the guards, and has 5 seconds. If it throws or returns anything invalid, the adapter's
 * address counts, and the log has an error, at most one a minute.
 *
 * A header that any client can send is no identity: clients would choose whom limits count.
 *
 * @example
 * ```ts
 * const identifyClient = ({ user }: RequestWithUser) => ({ subject: user?.id });
 * ```
 *
 * @publicApi
 */
export type IdentifyClient = {
  // A method, so that a function may declare the request type of its own adapter.
  identifyClient(request: IncomingRequest): ClientIdentity | Promise<ClientIdentity>;
}['identifyClient'];

/** Reads {@link PhoneVerifyOptions.identifyClient}. */
export function readIdentifyClient(options: OptionReader): IdentifyClient | undefined {
  const given = options.value('identifyClient');
  if (given === undefined || isIdentifyClient(given)) return given;
  options.fault('identifyClient', 'must be a function');
  return undefined;
}

function isIdentifyClient(value: unknown): value is IdentifyClient {
  return typeof value === 'function';
}
