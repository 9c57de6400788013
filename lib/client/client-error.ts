/**
 * What went wrong: the stable codes of the routes, and those of the client itself.
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
  /** The server could not be reached, or the connection broke: it is not known whether the request arrived. */
  | 'network_failed'
  /** No answer in time: the request may have been carried out. */
  | 'timed_out'
  /** The answer is not one of these routes, such as the page of a proxy. */
  | 'response_invalid'
  /** `resend` or `verify` without a session: register first. */
  | 'session_missing';

/** The codes that come over the wire. */
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
 * What an answer says beside its code.
 *
 * @publicApi
 */
export interface PhoneVerifyClientErrorDetails {
  /** HTTP status; none when there was no answer. */
  readonly status?: number | undefined;
  /** Whole seconds until another try makes sense. */
  readonly retryAfter?: number | undefined;
  /** Wrong codes that the session still takes. */
  readonly attemptsLeft?: number | undefined;
  /** Texts for people, by field of the request. */
  readonly errors?: Readonly<Record<string, readonly string[]>> | undefined;
  /** What was thrown before. */
  readonly cause?: unknown;
}

/**
 * Any failure of {@link PhoneVerifyClient}. `code` is stable, `message` is for people.
 *
 * @publicApi
 */
export class PhoneVerifyClientError extends Error {
  override readonly name = 'PhoneVerifyClientError';
  /** HTTP status; `undefined` when there was no answer. */
  readonly status: number | undefined;
  /** Whole seconds until another try makes sense, when the server says so. */
  readonly retryAfter: number | undefined;
  /** Wrong codes that the session still takes, when the server says so. */
  readonly attemptsLeft: number | undefined;
  /** Texts for people, by field of the request, with `request_invalid`. */
  readonly errors: Readonly<Record<string, readonly string[]>> | undefined;

  constructor(
    /** Stable. */
    readonly code: PhoneVerifyClientErrorCode,
    message: string,
    details: PhoneVerifyClientErrorDetails = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.attemptsLeft = details.attemptsLeft;
    this.errors = details.errors;
  }
}
