import type { PhoneVerifyClientError } from './client-error.js';

const ENDS: ReadonlySet<string> = new Set([
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
]);

/** Whether the session cannot be used any more after a failure of `resend`: then `invalid` means its token. */
export function endsWithResend({ code }: PhoneVerifyClientError): boolean {
  return ENDS.has(code) || code === 'security_code_invalid';
}

/** Whether the session cannot be used any more after a failure of `verify`. */
export function endsWithCheck({ code, attemptsLeft }: PhoneVerifyClientError): boolean {
  return ENDS.has(code) || attemptsLeft === 0;
}
