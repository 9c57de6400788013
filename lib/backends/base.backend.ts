import { inspect } from 'node:util';
import { Inject } from '@nestjs/common';
import { forEachBounded } from '../common/bounded-concurrency.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { isOfAccount, SmsDeliveryError } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { MessageContext } from '../message/message-template.js';
import { PHONE_VERIFY_BACKEND_OPTIONS } from '../phone-verify.tokens.js';
import { withoutSecrets } from './failure-report.js';
import type { VerificationResult } from './verification-result.js';

/**
 * Context of a send, beside number and message. It has no code and no token.
 *
 * @publicApi
 */
export interface SendContext {
  /** Aborts when the time for this send is up; pass it to the provider's client. */
  readonly signal: AbortSignal;
  /** When the signal aborts. */
  readonly deadline: Date;
  /** When the code expires. A provider with a validity period should not deliver later. */
  readonly expiresAt: Date;
  /** Country of the number, ISO 3166-1 alpha-2; absent for numbers of no country. */
  readonly country?: string | undefined;
  /** The person's preferred language tag (BCP 47), if it is known. */
  readonly language?: string | undefined;
  /** Purpose of the code; `''` by default. */
  readonly purpose: string;
  /** UUID of this send, usable as a provider's idempotency key. */
  readonly sendId: string;
  /** Counts the session's messages from 1. A message that was not sent is not counted. */
  readonly sendNumber: number;
  /** The session's last message; absent if none was sent. */
  readonly previous?: PreviousSend | undefined;
}

/**
 * The last message of a session, in {@link SendContext}.
 *
 * @publicApi
 */
export interface PreviousSend {
  /** Name of the backend that took it. */
  readonly backend: string;
  /** Whether the provider reported it as delivered (`true`) or undelivered (`false`); absent without a report. */
  readonly delivered?: boolean | undefined;
}

/**
 * Outcome of a bulk send: for each number a receipt or an error.
 *
 * @publicApi
 */
export type BulkSendResult = readonly {
  readonly number: string;
  readonly receipt?: SendReceipt | undefined;
  readonly error?: SmsDeliveryError | undefined;
}[];

/** Concurrent sends where the library sends a bulk message number by number. */
export const BULK_CONCURRENCY = 5;

/**
 * Sends the messages. Extend it to use any provider: only `sendSms` is required.
 *
 * Nest builds a backend class. Its options are the first constructor parameter; a class that injects more puts `@Inject`
 * on every parameter.
 *
 * @publicApi
 */
export abstract class BaseBackend<TOptions = Record<string, unknown>> {
  /** Status of a correct code, for `validateSecurityCode`. */
  static readonly SECURITY_CODE_VALID = VerificationStatus.Valid;
  /** Status of a wrong code. */
  static readonly SECURITY_CODE_INVALID = VerificationStatus.Invalid;
  /** Status of an expired code. */
  static readonly SECURITY_CODE_EXPIRED = VerificationStatus.Expired;
  /** Status of a code that was already used. */
  static readonly SECURITY_CODE_VERIFIED = VerificationStatus.Verified;
  /** Status of an unknown session. */
  static readonly SESSION_TOKEN_INVALID = VerificationStatus.SessionTokenInvalid;
  /** Status of a locked session. */
  static readonly SECURITY_CODE_TOO_MANY_ATTEMPTS = VerificationStatus.TooManyAttempts;

  /** The settings of the backend. Not enumerable, because they contain credentials. */
  declare protected readonly options: TOptions;

  constructor(@Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: TOptions) {
    Object.defineProperty(this, 'options', { value: options, writable: true, configurable: true });
  }

  /**
   * Sends one message.
   *
   * @param number - E.164.
   * @param message - The whole text.
   * @param send - Time limit and context of this send; `undefined` for a bulk message.
   * @returns A receipt, or nothing.
   * @throws {@link SmsDeliveryError} with the reason why the message was not sent; any other error counts as `unknown`.
   */
  abstract sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void>;

  /**
   * Sends one message to many numbers, a few at a time. The item of a number has the receipt or the error. A fault of the
   * account (`misconfigured`) ends the send: the numbers that were not tried have the same error.
   *
   * @param numbers - E.164.
   * @param message - The whole text.
   */
  async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult | void> {
    return sendToEach(numbers, async (number) => {
      const receipt = await this.sendSms(number, message);
      return receipt ?? { backend: this.constructor.name };
    });
  }

  /** Generates the code: 4 to 32 printable ASCII characters without spaces. Default: `tokenLength` random digits. */
  generateSecurityCode?(): string | undefined | Promise<string | undefined>;

  /** Writes the message. Default: the template from `messages`, `message` or the library's texts. */
  generateMessage?(securityCode: string, context?: MessageContext): string | undefined | Promise<string | undefined>;

  /**
   * Checks a code instead of the library. If it returns a result, no rule of the library applies: no attempt is counted,
   * nothing expires. On `Valid`, the open session of this number and token, if there is one, is marked verified.
   */
  validateSecurityCode?(
    securityCode: string,
    phoneNumber: string,
    sessionToken: string,
  ): VerificationResult | undefined | Promise<VerificationResult | undefined>;

  /** Only the name, so that no credentials get into JSON. */
  toJSON(): unknown {
    return { backend: this.constructor.name };
  }

  /** @internal */
  [inspect.custom](): string {
    return `${this.constructor.name} {}`;
  }
}

/**
 * Sends to each number, a few at a time, until an error ends the send: then the numbers that were not tried have the same
 * error.
 *
 * @param isEnd - Whether an error ends the send. Default: a fault of the account does.
 */
export async function sendToEach(
  numbers: readonly string[],
  send: (number: string) => Promise<SendReceipt>,
  isEnd: (error: SmsDeliveryError) => boolean = isOfAccount,
): Promise<BulkSendResult> {
  let end: SmsDeliveryError | undefined;
  return forEachBounded(numbers, BULK_CONCURRENCY, async (number) => {
    if (end !== undefined) return { number, error: end };
    try {
      return { number, receipt: await send(number) };
    } catch (thrown) {
      const error = asDeliveryError(thrown);
      if (isEnd(error)) end ??= withoutSecrets(error, { hidden: [], phoneNumbers: [number] });
      return { number, error };
    }
  });
}

/** Converts anything that a backend threw to an error of this library. */
export function asDeliveryError(thrown: unknown): SmsDeliveryError {
  if (isThrown(thrown, SmsDeliveryError)) return thrown;
  return new SmsDeliveryError('unknown', 'The backend failed.', { cause: thrown });
}
