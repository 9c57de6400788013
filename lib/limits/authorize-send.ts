import type { IncomingRequest } from '../common/incoming-request.js';
import type { OptionReader } from '../common/option-reader.js';
import type { Limit } from './limit.js';

/**
 * A send on which the application decides.
 *
 * @publicApi
 */
export interface SendToAuthorize {
  /** E.164. */
  readonly phoneNumber: string;
  /** ISO 3166-1 alpha-2; `undefined` for a number of no country. */
  readonly country: string | undefined;
  /** The client's address; `undefined` when there is none, as for callers of the service that give no `ip`. */
  readonly ip: string | undefined;
  /** The subject that `identifyClient`, or the caller of the service, named; `undefined` if there is none. */
  readonly subject: string | undefined;
  /** What the code is for. */
  readonly purpose: string;
  /** Whether the caller of the service knows that its signed-in caller owns the number. */
  readonly ownNumber: boolean;
  /** The HTTP request, such as for the token of a CAPTCHA; `undefined` for callers of the service. */
  readonly request: IncomingRequest | undefined;
  /**
   * Reads what is used of every limit that this send would be charged to, such as to require a CAPTCHA before a budget is
   * used up. One read of the store, within `storage.timeoutMs`, each time it is called, and none otherwise.
   *
   * @throws {@link StorageUnavailableError} if the limit store could not be reached.
   */
  usage(): Promise<readonly LimitUsage[]>;
}

/**
 * What is used of one limit. A limit with several entries, and one that counts an IPv6 address in several networks, has
 * several of these.
 *
 * @publicApi
 */
export interface LimitUsage {
  /** The option that has the limit. */
  readonly rule: Limit['rule'];
  /** Messages counted in the open window, without this one. */
  readonly used: number;
  /** Messages after which this send is refused: without those that are reserved for others. */
  readonly max: number;
}

/**
 * The application's own decision on a send: a CAPTCHA, a flag, a tenant's cap. It has 5 seconds. Anything but `true`
 * (`false`, an error, a timeout) refuses the send with 429 `rate_limited`. It is called for registers and resends, for
 * test numbers too, before any limit is charged: a send that it refuses uses no budget. A client address that `perIp` has
 * just refused in this process does not reach it until that limit's window ends.
 *
 * @publicApi
 */
export type AuthorizeSend = (send: SendToAuthorize) => boolean | Promise<boolean>;

/** Reads {@link PhoneVerifyOptions.authorizeSend}. */
export function readAuthorizeSend(options: OptionReader): AuthorizeSend | undefined {
  const given = options.value('authorizeSend');
  if (given === undefined || isAuthorizeSend(given)) return given;
  options.fault('authorizeSend', 'must be a function');
  return undefined;
}

function isAuthorizeSend(value: unknown): value is AuthorizeSend {
  return typeof value === 'function';
}
