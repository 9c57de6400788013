/**
 * Outcome of a check, and reason of a refused resend. The values are the codes that go over the wire, but for
 * `SessionTokenInvalid`, which HTTP answers like a wrong code so that a guesser learns nothing.
 *
 * @publicApi
 */
export enum VerificationStatus {
  /** The code was right; its session is verified now. */
  Valid = 'security_code_valid',
  /** The code was wrong; one more failed attempt was counted. */
  Invalid = 'security_code_invalid',
  /** The session is past its `expiresAt`. */
  Expired = 'security_code_expired',
  /** The session was verified before and `verifyOnlyOnce` holds. */
  Verified = 'security_code_verified',
  /** No session has this token, number and purpose. Nothing was counted. */
  SessionTokenInvalid = 'session_token_invalid',
  /** The session has as many failed attempts as `maxFailedAttempts` allows. */
  TooManyAttempts = 'security_code_too_many_attempts',
}
