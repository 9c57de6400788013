import { PhoneVerifyError } from '../phone-verify.errors.js';
import type { SentVerification } from './sent-verification.js';

/**
 * Why a message did not go:
 *
 * - `rejected`: the provider refused this number or message for good.
 * - `throttled`: too many messages for now; `retryAfterSeconds` when the provider said when.
 * - `unavailable`: nothing was sent, the provider could not be reached or said so.
 * - `misconfigured`: the provider refused the credentials or the sender.
 * - `unknown`: it may have been sent.
 *
 * @publicApi
 */
export type SmsDeliveryErrorKind = 'rejected' | 'throttled' | 'unavailable' | 'misconfigured' | 'unknown';

/**
 * What more is known of a failed delivery.
 *
 * @publicApi
 */
export interface SmsDeliveryErrorOptions {
  /** What the provider's client threw. */
  readonly cause?: unknown;
  /** The provider's own code. */
  readonly providerCode?: string | undefined;
  /** Seconds after which a `throttled` provider takes messages again; brought into 1 to 3600. */
  readonly retryAfterSeconds?: number | undefined;
}

const LONGEST_RETRY_AFTER_SECONDS = 3600;

/**
 * A message could not be sent. A backend throws it to say why; anything else that a backend throws counts as
 * `unknown`.
 *
 * @publicApi
 */
export class SmsDeliveryError extends PhoneVerifyError {
  override readonly code = 'sms_delivery_failed';

  /** The provider's own code, when it gave one. */
  readonly providerCode: string | undefined;

  /** Seconds to wait, 1 to 3600, when the provider said so. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * The session that stays open for a resend. Set when the service threw the error; not enumerable, so that a log of
   * the error shows no token.
   */
  declare readonly sent?: SentVerification;

  constructor(
    /** Why the message did not go. */
    readonly kind: SmsDeliveryErrorKind,
    message: string,
    options: SmsDeliveryErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    // Backends in plain JavaScript pass on what a provider's JSON holds.
    const providerCode: unknown = options.providerCode;
    this.providerCode =
      typeof providerCode === 'string' || typeof providerCode === 'number' ? String(providerCode) : undefined;
    this.retryAfterSeconds = clampRetryAfter(options.retryAfterSeconds);
  }
}

function clampRetryAfter(seconds: number | undefined): number | undefined {
  if (seconds === undefined || Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_RETRY_AFTER_SECONDS);
}
