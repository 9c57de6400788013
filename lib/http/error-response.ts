import { STATUS_CODES } from 'node:http';
import { isOfNumber, SmsDeliveryError } from '../common/sms-delivery.error.js';
import {
  ArgumentInvalidError,
  PhoneNumberInvalidError,
  PhoneNumberNotAllowedError,
  PhoneVerifyError,
  RateLimitedError,
  ResendRefusedError,
} from '../phone-verify.errors.js';
import { VerificationStatus } from '../common/verification-status.js';
import { MediaTypeUnsupportedError, RequestInvalidError } from './http-request.js';
import { describeSent } from './bodies.js';

/**
 * Body of every failure response of the routes.
 *
 * @publicApi
 */
export interface ErrorResponse {
  /** HTTP status. */
  readonly statusCode: number;
  /** Reason phrase of the status. */
  readonly error: string;
  /** For people: a text, or with `request_invalid` a list of texts. */
  readonly message: string | readonly string[];
  /** Stable code of the failure. */
  readonly code: string;
  /** Further fields of some codes, such as `errors`, `attempts_left` and `retry_after`. */
  readonly [extra: string]: unknown;
}

/** A check whose result was not `Valid`. Internal to the routes: the service returns such a result. */
export class CheckRefusedError extends PhoneVerifyError {
  override readonly code = 'check_refused';

  constructor(
    readonly status: VerificationStatus,
    readonly attemptsLeft?: number,
  ) {
    super(`The check was refused: ${status}.`);
  }
}

const INVALID = 'Security code is not valid';

/** The texts of django-phone-verify. An unknown session has that of a wrong code. */
const STATUS_TEXTS: Readonly<Record<VerificationStatus, string>> = {
  [VerificationStatus.Valid]: 'Security code is valid.',
  [VerificationStatus.Invalid]: INVALID,
  [VerificationStatus.SessionTokenInvalid]: INVALID,
  [VerificationStatus.Expired]: 'Security code has expired',
  [VerificationStatus.Verified]: 'Security code is already verified',
  [VerificationStatus.TooManyAttempts]: 'Too many failed verification attempts. Please request a new code.',
};

/** Errors that the client can correct, whose message it is shown. */
const CLIENT_ERRORS = [PhoneNumberInvalidError, PhoneNumberNotAllowedError, ArgumentInvalidError];

/** The response for an error. Only here are errors mapped to status codes. */
export function toErrorResponse(error: PhoneVerifyError, now: number): ErrorResponse {
  if (error instanceof RequestInvalidError) {
    return response(400, error.code, Object.values(error.errors).flat(), { errors: error.errors });
  }
  if (error instanceof CheckRefusedError) return refusal(error.status, error.attemptsLeft);
  if (error instanceof ResendRefusedError) return refusal(error.status);
  if (CLIENT_ERRORS.some((type) => error instanceof type)) return response(400, error.code, error.message);
  if (error instanceof MediaTypeUnsupportedError) return response(415, error.code, error.message);
  if (error instanceof RateLimitedError) return rateLimited(error);
  if (error instanceof SmsDeliveryError) return deliveryFailure(error, now);
  return serviceUnavailable();
}

/** The response to a request without a valid verification token, whatever is wrong with it. */
export function phoneNotVerified(): ErrorResponse {
  return response(403, 'phone_not_verified', 'A verified phone number is required.');
}

/** The response while something that the library needs cannot be reached. */
export function serviceUnavailable(): ErrorResponse {
  return response(503, 'service_unavailable', 'Service temporarily unavailable.');
}

/** The log line for an error whose cause the response hides. */
export function describeOutage({ message, cause }: PhoneVerifyError): string {
  return message + (cause instanceof Error ? ` (${cause.name}: ${cause.message})` : '');
}

function refusal(status: VerificationStatus, attemptsLeft?: number): ErrorResponse {
  const code = status === VerificationStatus.SessionTokenInvalid ? VerificationStatus.Invalid : status;
  const extra = attemptsLeft === undefined ? {} : { attempts_left: attemptsLeft };
  return response(400, code, STATUS_TEXTS[status], extra);
}

function rateLimited({ code, message, retryAfterSeconds }: RateLimitedError): ErrorResponse {
  return response(429, code, message, retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds });
}

/** Carries the new session, which the client learns no other way and needs for a resend. */
function deliveryFailure({ code, kind, sent, codeFormat }: SmsDeliveryError, now: number): ErrorResponse {
  const text = 'The message could not be sent. Please try again.';
  return response(502, code, text, {
    retryable: !isOfNumber(kind),
    ...(sent !== undefined && codeFormat !== undefined && describeSent(sent, codeFormat, now)),
  });
}

function response(
  statusCode: number,
  code: string,
  message: string | readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): ErrorResponse {
  return { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message, code, ...extra };
}
