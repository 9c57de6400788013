import type { OptionReader } from '../common/option-reader.js';

/**
 * A send that waits for the application's own word.
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
  /** What the code is for. */
  readonly purpose: string;
  /** Whether the caller of the service knows that its signed-in caller owns the number. */
  readonly ownNumber: boolean;
}

/**
 * The application's own word on a send: a CAPTCHA, a flag, a tenant's cap. It has 5 seconds, and anything but `true`
 * (`false`, an error, no answer in time) refuses the send with 429 `rate_limited`. It is asked by register and resend,
 * for test numbers too, before any limit is charged: what it refuses costs nobody anything.
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
