import { PhoneVerifyError } from '../phone-verify.errors.js';
import type { CodeFormat } from './code-format.js';
import type { SentVerification } from './sent-verification.js';

/**
 * Why a message was not sent:
 *
 * - `rejected`: any provider refuses this number or message permanently.
 * - `unreachable`: this provider cannot reach this number, another one may; nothing was sent. Also for a refusal whose
 *   reason is not known.
 * - `throttled`: too many messages for now; with `retryAfterSeconds` if the provider gave a time.
 * - `unavailable`: nothing was sent; the provider could not be reached, or said so.
 * - `misconfigured`: the account is at fault for every number: its credentials, its credit or its sender.
 * - `unknown`: the message may have been sent.
 *
 * @publicApi
 */
export type SmsDeliveryErrorKind =
  'rejected' | 'unreachable' | 'throttled' | 'unavailable' | 'misconfigured' | 'unknown';

/** Whether the number is the reason of a failure, and not the account or the provider. */
export function isOfNumber(kind: SmsDeliveryErrorKind): boolean {
  return kind === 'rejected' || kind === 'unreachable';
}

/** Whether the account is the reason of a failure, so that every number would fail. */
export function isOfAccount({ kind }: SmsDeliveryError): boolean {
  return kind === 'misconfigured';
}

/**
 * Details of a failed delivery.
 *
 * @publicApi
 */
export interface SmsDeliveryErrorOptions {
  /** The original error, such as that of the provider's client. */
  readonly cause?: unknown;
  /** The provider's error code. */
  readonly providerCode?: string | undefined;
  /** Seconds until a `throttled` provider accepts messages again; clamped to 1 to 3600. */
  readonly retryAfterSeconds?: number | undefined;
}

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * A message was not sent. A backend throws it to give the reason; any other error that a backend throws counts as
 * `unknown`.
 *
 * @publicApi
 */
export class SmsDeliveryError extends PhoneVerifyError {
  override readonly code = 'sms_delivery_failed';

  /** The provider's error code, if there is one. */
  readonly providerCode: string | undefined;

  /** Seconds to wait, 1 to 3600, if the provider gave a time. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * The session, which stays open for a resend. Set if the service threw the error. Not enumerable, so that a log of the
   * error shows no token.
   */
  declare readonly sent?: SentVerification;

  /** The format of the session's code, for the response. Set together with {@link sent}, and not enumerable either. @internal */
  declare readonly codeFormat?: CodeFormat;

  constructor(
    /** Why the message was not sent. */
    readonly kind: SmsDeliveryErrorKind,
    message: string,
    options: SmsDeliveryErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    // Backends in plain JavaScript pass on whatever a provider's JSON contains.
    const providerCode: unknown = options.providerCode;
    this.providerCode =
      typeof providerCode === 'string' || typeof providerCode === 'number' ? String(providerCode) : undefined;
    this.retryAfterSeconds = clampRetryAfter(options.retryAfterSeconds);
  }
}

function clampRetryAfter(seconds: number | undefined): number | undefined {
  if (seconds === undefined || Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_AFTER_SECONDS);
}
