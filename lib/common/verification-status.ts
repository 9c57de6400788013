/**
 * Outcome of a check, and reason of a refused resend. The values are the codes of the HTTP responses, except
 * `SessionTokenInvalid`: over HTTP it gets the response of a wrong code, which reveals nothing to an attacker.
 *
 * @publicApi
 */
export enum VerificationStatus {
  /** The code was correct; its session is now verified. */
  Valid = 'security_code_valid',
  /** The code was wrong; one more failed attempt was counted. */
  Invalid = 'security_code_invalid',
  /** The session has expired. */
  Expired = 'security_code_expired',
  /** The session was already verified, and `verifyOnlyOnce` is set. */
  Verified = 'security_code_verified',
  /** No session has this token, number and purpose. Nothing was counted. */
  SessionTokenInvalid = 'session_token_invalid',
  /** The session has reached `maxFailedAttempts`. */
  TooManyAttempts = 'security_code_too_many_attempts',
}
