import type { VerificationStatus } from './common/verification-status.js';

/**
 * Base class of every error that this library throws on purpose. Tell them apart by `code`, which is stable; `message`
 * is for people and may change.
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
 * The configuration cannot work. Thrown while the application starts, never later, with every fault that was found.
 *
 * @publicApi
 */
export class PhoneVerifyConfigurationError extends PhoneVerifyError {
  override readonly code = 'configuration_invalid';

  /** One text for each fault; each begins with the name of the option or thing at fault. */
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[], options?: ErrorOptions) {
    const list = typeof faults === 'string' ? [faults] : [...faults];
    super(`PhoneVerifyModule cannot start:\n${list.map((fault) => `  - ${fault}`).join('\n')}`, options);
    this.faults = list;
  }
}

/**
 * The text is not a phone number that can exist.
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
 * The options forbid to send codes to this number: by its country or its type. Nothing was written, sent or counted.
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
 * A limit, or the application's own `authorizeSend`, refuses the send. Nothing was sent, no session was opened or changed
 * and no limit was charged. Which rule it was is in the log, not here: whoever is told learns how to stay below it.
 *
 * @publicApi
 */
export class RateLimitedError extends PhoneVerifyError {
  override readonly code = 'rate_limited';

  constructor(
    /** Whole seconds until the send may be asked for again; `undefined` when the application refused it. */
    readonly retryAfterSeconds: number | undefined,
    options?: ErrorOptions,
  ) {
    super('Too many requests. Please try again later.', options);
  }
}

/**
 * An argument of a service call is outside what the call documents: an unknown `purpose`, a `maxAge` that is no
 * number of seconds. A mistake of the calling code, not of the person.
 *
 * @publicApi
 */
export class ArgumentInvalidError extends PhoneVerifyError {
  override readonly code = 'argument_invalid';

  constructor(
    /** Name of the argument. */
    readonly argument: string,
    reason: string,
  ) {
    super(`${argument}: ${reason}`);
  }
}

/**
 * The session forbids a resend; `status` says why. Nothing was sent and nothing was counted.
 *
 * @publicApi
 */
export class ResendRefusedError extends PhoneVerifyError {
  override readonly code = 'resend_refused';

  constructor(
    /** Why: unknown session, locked, verified already, or too close to its end. */
    readonly status: VerificationStatus,
  ) {
    super(`This session cannot resend its code: ${status}.`);
  }
}

/**
 * The database, or the store of the limits where that is another one, did not answer in time, or answered with an
 * error. The outcome is unknown: the attempt, or the send, may have been counted. `cause` tells the driver's code and
 * text, with every parameter of the statement taken out.
 *
 * @publicApi
 */
export class StorageUnavailableError extends PhoneVerifyError {
  override readonly code = 'storage_unavailable';

  constructor({
    storage = 'database',
    ...options
  }: ErrorOptions & { readonly storage?: 'database' | 'limit store' } = {}) {
    super(`The ${storage} is not available.`, options);
  }
}

/**
 * A backend's own `generateSecurityCode`, `generateMessage` or `validateSecurityCode` threw, did not settle in time, or
 * answered something that cannot be used. No message was sent.
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
 * The system's random source failed. No session was opened and no message was sent.
 *
 * @publicApi
 */
export class RandomSourceError extends PhoneVerifyError {
  override readonly code = 'random_source_failed';

  constructor(options?: ErrorOptions) {
    super('The random source is not available.', options);
  }
}
