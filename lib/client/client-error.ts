/**
 * The codes of {@link PhoneVerifyClientError}: the stable codes of the routes, and those of the client itself.
 *
 * @publicApi
 */
export type PhoneVerifyClientErrorCode =
  | 'request_invalid'
  | 'phone_number_invalid'
  | 'phone_number_not_allowed'
  | 'security_code_invalid'
  | 'security_code_expired'
  | 'security_code_verified'
  | 'security_code_too_many_attempts'
  | 'phone_not_verified'
  | 'media_type_unsupported'
  | 'rate_limited'
  | 'sms_delivery_failed'
  | 'service_unavailable'
  /** The server could not be reached, or the connection broke. The request may have been processed. */
  | 'network_failed'
  /** No response in time. The request may have been processed. */
  | 'timed_out'
  /** The response is not one of these routes, for example the error page of a proxy. */
  | 'response_invalid'
  /** `verify` was called with a code of another length than that of the session. Nothing was sent. */
  | 'security_code_incomplete'
  /** `resend` or `verify` was called without an open session: call `register` first. */
  | 'session_missing'
  /** The function `beforeSend` of the page threw an error. Nothing was sent. */
  | 'before_send_failed'
  /** `beforeSend` returned `false`, or the message was not wanted any more once it was prepared. Nothing was sent. */
  | 'send_stopped';

/** The codes of the routes. */
const WIRE_CODES: ReadonlySet<string> = new Set<PhoneVerifyClientErrorCode>([
  'request_invalid',
  'phone_number_invalid',
  'phone_number_not_allowed',
  'security_code_invalid',
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
  'phone_not_verified',
  'media_type_unsupported',
  'rate_limited',
  'sms_delivery_failed',
  'service_unavailable',
]);

/** Whether a value is a code of the routes. */
export function isWireCode(value: unknown): value is PhoneVerifyClientErrorCode {
  return typeof value === 'string' && WIRE_CODES.has(value);
}

/**
 * The further properties of {@link PhoneVerifyClientError}.
 *
 * @publicApi
 */
export interface PhoneVerifyClientErrorDetails {
  /** HTTP status; `undefined` if there was no response. */
  readonly status?: number | undefined;
  /** Whole seconds until a retry can succeed. */
  readonly retryAfter?: number | undefined;
  /** Wrong codes that the session still accepts. */
  readonly attemptsLeft?: number | undefined;
  /** Texts for users by field of the request. */
  readonly errors?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The error that caused this one. */
  readonly cause?: unknown;
}

/**
 * Thrown for every failure of {@link PhoneVerifyClient}. `code` is stable, `message` is a text for users.
 *
 * @example
 * ```ts
 * try {
 *   await client.verify(code);
 * } catch (error) {
 *   if (!(error instanceof PhoneVerifyClientError)) throw error;
 *   if (error.code === 'security_code_invalid') showAttemptsLeft(error.attemptsLeft);
 * }
 * ```
 *
 * @publicApi
 */
export class PhoneVerifyClientError extends Error {
  override readonly name = 'PhoneVerifyClientError';
  /** HTTP status; `undefined` if there was no response. */
  readonly status: number | undefined;
  /** Whole seconds until a retry can succeed, if the response contains them. */
  readonly retryAfter: number | undefined;
  /** Wrong codes that the session still accepts, if the response contains them. */
  readonly attemptsLeft: number | undefined;
  /** Texts for users by field of the request, with `request_invalid`. */
  readonly errors: Readonly<Record<string, readonly string[]>> | undefined;

  constructor(
    /** Stable code of the failure. */
    readonly code: PhoneVerifyClientErrorCode,
    message: string,
    details: PhoneVerifyClientErrorDetails = {},
  ) {
    super(message, details);
    const { status, retryAfter, attemptsLeft, errors } = details;
    Object.assign(this, { status, retryAfter, attemptsLeft, errors });
  }
}
