import type { SentVerification } from '../common/sent-verification.js';

/** Response to `register` and `resend`. */
export interface SentResponse {
  readonly session_token: string;
  /** Whole seconds from now, rounded down. */
  readonly expires_in: number;
  /** Whole seconds from now, rounded up. */
  readonly resend_in: number;
  readonly code_length: number;
}

/** Response to `verify`. */
export interface VerifiedResponse {
  readonly message: string;
  /** E.164. */
  readonly phone_number: string;
  /** Proves the verified number to the application's own routes. */
  readonly verification_token?: string;
}

/** The response that describes an open session. */
export function describeSent(sent: SentVerification, now: number): SentResponse {
  return {
    session_token: sent.sessionToken,
    expires_in: Math.max(0, Math.floor((sent.expiresAt.getTime() - now) / 1000)),
    resend_in: Math.max(0, Math.ceil((sent.resendAt.getTime() - now) / 1000)),
    code_length: sent.codeLength,
  };
}
