import type { VerificationStatus } from './common/verification-status.js';

/**
 * Base class of all errors that this library throws. `code` is stable and identifies the error; `message` is for people
 * and may change.
 *
 * @example
 * ```ts
 * try {
 *   await this.phones.sendSecurityCode(phoneNumber);
 * } catch (error) {
 *   if (error instanceof PhoneVerifyError) this.logger.warn(error.code);
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export abstract class PhoneVerifyError extends Error {
  /** Stable, machine-readable name of the error. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * The configuration is invalid. Thrown while the application starts, never later, with all validation errors.
 *
 * @publicApi
 */
export class PhoneVerifyConfigurationError extends PhoneVerifyError {
  override readonly code = 'configuration_invalid';

  /** One text for each validation error. Each begins with the name of the option or thing that is invalid. */
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[], options?: ErrorOptions) {
    const list = typeof faults === 'string' ? [faults] : [...faults];
    super(`PhoneVerifyModule cannot start:\n${list.map((fault) => `  - ${fault}`).join('\n')}`, options);
    this.faults = list;
  }
}

/**
 * The text is not a valid phone number.
 *
 * @example
 * ```ts
 * try {
 *   return await this.phones.sendSecurityCode(phoneNumber);
 * } catch (error) {
 *   if (error instanceof PhoneNumberInvalidError) throw new BadRequestException('Enter a valid phone number.');
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PhoneNumberInvalidError extends PhoneVerifyError {
  override readonly code = 'phone_number_invalid';

  constructor() {
    super('Enter a valid phone number.');
  }
}

/**
 * The options do not allow codes to be sent to this number, because of its prefix, country or type. Nothing was
 * written, sent or counted.
 *
 * @example
 * ```ts
 * if (error instanceof PhoneNumberNotAllowedError) {
 *   throw new BadRequestException('We cannot send messages to this number.');
 * }
 * ```
 *
 * @publicApi
 */
export class PhoneNumberNotAllowedError extends PhoneVerifyError {
  override readonly code = 'phone_number_not_allowed';

  constructor() {
    super('This phone number cannot be used.');
  }
}

/**
 * A rate limit, or the application's `authorizeSend`, refuses the send. Nothing was sent, no session was opened or
 * changed, and no limit was charged. Only the log names the rule: a client that knew it could stay just below it.
 *
 * @example
 * ```ts
 * if (error instanceof RateLimitedError) {
 *   throw new HttpException(`Try again in ${error.retryAfterSeconds ?? 60} seconds.`, HttpStatus.TOO_MANY_REQUESTS);
 * }
 * ```
 *
 * @publicApi
 */
export class RateLimitedError extends PhoneVerifyError {
  override readonly code = 'rate_limited';

  constructor(
    /** Whole seconds until the send can be requested again; `undefined` if `authorizeSend` refused it. */
    readonly retryAfterSeconds: number | undefined,
    options?: ErrorOptions,
  ) {
    super('Too many requests. Please try again later.', options);
  }
}

/**
 * An argument of a service call is not what the call documents: an unknown `purpose`, or a `maxAge` that is not a whole
 * number of seconds. An error of the calling code, not of the person.
 *
 * @publicApi
 */
export class ArgumentInvalidError extends PhoneVerifyError {
  override readonly code = 'argument_invalid';

  constructor(
    /** Name of the invalid argument. */
    readonly argument: string,
    reason: string,
  ) {
    super(`${argument}: ${reason}`);
  }
}

/**
 * The session does not allow a resend; `status` says why. Nothing was sent or counted.
 *
 * @example
 * ```ts
 * try {
 *   return await this.phones.resendSecurityCode(phoneNumber, sessionToken);
 * } catch (error) {
 *   if (error instanceof ResendRefusedError) return this.phones.sendSecurityCode(phoneNumber);
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class ResendRefusedError extends PhoneVerifyError {
  override readonly code = 'resend_refused';

  constructor(
    /** Why: the session is unknown, locked, already verified, or about to expire. */
    readonly status: VerificationStatus,
  ) {
    super(`This session cannot resend its code: ${status}.`);
  }
}

/**
 * The database, or Redis where it has the counters, did not respond in time or returned an error. The
 * outcome is unknown: the attempt or the send may have been counted. `cause` has the driver's code and message, without
 * the parameters of the statement.
 *
 * @example
 * ```ts
 * if (error instanceof StorageUnavailableError) {
 *   throw new ServiceUnavailableException('Please try again later.', { cause: error });
 * }
 * ```
 *
 * @publicApi
 */
export class StorageUnavailableError extends PhoneVerifyError {
  override readonly code = 'storage_unavailable';

  constructor({ storage = 'database', ...options }: ErrorOptions & { readonly storage?: 'database' | 'Redis' } = {}) {
    super(`${storage === 'database' ? 'The database' : storage} is not available.`, options);
  }
}

/**
 * A backend's `generateSecurityCode`, `generateMessage` or `validateSecurityCode` threw, timed out, or returned
 * something invalid. No message was sent.
 *
 * @example
 * ```ts
 * if (error instanceof BackendHookError) this.logger.error(`${error.hook} failed`, error.cause);
 * ```
 *
 * @publicApi
 */
export class BackendHookError extends PhoneVerifyError {
  override readonly code = 'backend_hook_failed';

  constructor(
    /** Name of the hook. */
    readonly hook: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The backend's ${hook} failed: ${reason}`, options);
  }
}

/**
 * The system's random source failed. No session was opened, and no message was sent.
 *
 * @publicApi
 */
export class RandomSourceError extends PhoneVerifyError {
  override readonly code = 'random_source_failed';

  constructor(options?: ErrorOptions) {
    super('The random source is not available.', options);
  }
}
