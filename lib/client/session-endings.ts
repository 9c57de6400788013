import type { PhoneVerifyClientError } from './client-error.js';

/** Why no code can verify a session any more. */
export type Ending = 'locked' | 'expired' | 'used';

/** Failures after which only a new code can help. */
export const ENDINGS: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ['security_code_expired', 'expired'],
  ['security_code_verified', 'used'],
  ['security_code_too_many_attempts', 'locked'],
  ['session_missing', 'expired'],
]);

/** Whether the session cannot be used any more after a failure of `resend`: then `invalid` means its token. */
export function endsWithResend({ code }: PhoneVerifyClientError): boolean {
  return ENDINGS.has(code) || code === 'security_code_invalid';
}

/** Whether the session cannot be used any more after a failure of `verify`. */
export function endsWithCheck({ code, attemptsLeft }: PhoneVerifyClientError): boolean {
  return ENDINGS.has(code) || attemptsLeft === 0;
}
