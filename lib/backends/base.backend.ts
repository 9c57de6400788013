import { inspect } from 'node:util';
import { Inject } from '@nestjs/common';
import { forEachBounded } from '../common/bounded-concurrency.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { MessageContext } from '../message/message-template.js';
import { PHONE_VERIFY_BACKEND_OPTIONS } from '../phone-verify.tokens.js';
import type { VerificationResult } from './verification-result.js';

/**
 * What a backend is told about a send beside number and message. No code and no token.
 *
 * @publicApi
 */
export interface SendContext {
  /** Aborted when the time for this send is over; hand it to the provider's client. */
  readonly signal: AbortSignal;
  /** Instant at which the signal aborts. */
  readonly deadline: Date;
  /** Instant at which the code is over; a provider that knows validity periods should not deliver later. */
  readonly expiresAt: Date;
  /** Country of the number, ISO 3166-1 alpha-2, when it has one. */
  readonly country?: string | undefined;
  /** The person's preferred language tag, when it is known. */
  readonly language?: string | undefined;
  /** What the code is for. */
  readonly purpose: string;
  /** UUID of this send, usable as a provider's idempotency key. */
  readonly sendId: string;
}

/**
 * What became of each number of a bulk send: a receipt or an error.
 *
 * @publicApi
 */
export type BulkSendResult = readonly {
  readonly number: string;
  readonly receipt?: SendReceipt | undefined;
  readonly error?: SmsDeliveryError | undefined;
}[];

/** Messages under way at once where the library itself sends to many numbers. */
export const BULK_CONCURRENCY = 5;

/**
 * Sends the messages. Extend it to use any provider: `sendSms` is all that a backend must have.
 *
 * A backend class is built by Nest. Its options are the first constructor parameter; a class that injects more gives
 * every parameter its own `@Inject`.
 *
 * @publicApi
 */
export abstract class BaseBackend<TOptions = Record<string, unknown>> {
  /** Status of a right code, for `validateSecurityCode`. */
  static readonly SECURITY_CODE_VALID = VerificationStatus.Valid;
  /** Status of a wrong code. */
  static readonly SECURITY_CODE_INVALID = VerificationStatus.Invalid;
  /** Status of a code past its time. */
  static readonly SECURITY_CODE_EXPIRED = VerificationStatus.Expired;
  /** Status of a code used before. */
  static readonly SECURITY_CODE_VERIFIED = VerificationStatus.Verified;
  /** Status of a session that is not known. */
  static readonly SESSION_TOKEN_INVALID = VerificationStatus.SessionTokenInvalid;
  /** Status of a locked session. */
  static readonly SECURITY_CODE_TOO_MANY_ATTEMPTS = VerificationStatus.TooManyAttempts;

  /** The backend's own settings. Not enumerable: they hold credentials. */
  declare protected readonly options: TOptions;

  constructor(@Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: TOptions) {
    Object.defineProperty(this, 'options', { value: options, writable: true, configurable: true });
  }

  /**
   * Sends one message.
   *
   * @param number - E.164.
   * @param message - The whole text.
   * @param send - Limits and circumstances of this send.
   * @returns A receipt, or nothing when there is nothing to tell.
   * @throws {@link SmsDeliveryError} to say why the message did not go; anything else counts as `unknown`.
   */
  abstract sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void>;

  /**
   * Sends one message to many numbers, a few at a time. Every number is tried; a failure is in its item.
   *
   * @param numbers - E.164.
   * @param message - The whole text.
   */
  async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult | void> {
    return forEachBounded(numbers, BULK_CONCURRENCY, async (number) => {
      try {
        const receipt = await this.sendSms(number, message);
        return { number, receipt: receipt ?? { backend: this.constructor.name } };
      } catch (thrown) {
        return { number, error: asDeliveryError(thrown) };
      }
    });
  }

  /** Draws the code: 4 to 32 printable ASCII characters without spaces. Without it the library draws `tokenLength` digits. */
  generateSecurityCode?(): string | undefined | Promise<string | undefined>;

  /** Writes the message. Without it the module's `message` is used. */
  generateMessage?(securityCode: string, context?: MessageContext): string | undefined | Promise<string | undefined>;

  /**
   * Checks a code in place of the library. When it answers, none of the library's rules apply: no attempt is counted,
   * nothing expires. On `Valid` the open session of this number and token, if there is one, is marked verified.
   */
  validateSecurityCode?(
    securityCode: string,
    phoneNumber: string,
    sessionToken: string,
  ): VerificationResult | undefined | Promise<VerificationResult | undefined>;

  /** The name alone: whatever a backend keeps, credentials included, stays out of JSON. */
  toJSON(): unknown {
    return { backend: this.constructor.name };
  }

  /** @internal */
  [inspect.custom](): string {
    return `${this.constructor.name} {}`;
  }
}

/** Anything thrown by a backend, as the error that it counts as. */
export function asDeliveryError(thrown: unknown): SmsDeliveryError {
  if (isThrown(thrown, SmsDeliveryError)) return thrown;
  return new SmsDeliveryError('unknown', 'The backend failed.', { cause: thrown });
}
