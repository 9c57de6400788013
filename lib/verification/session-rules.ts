import type { VerificationResult } from '../backends/verification-result.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { CheckOutcome, Session } from './verification.store.js';

/** A code is not repeated when it has less than a minute left, or a quarter of a life that is shorter than four. */
const LEAST_LIFE_FOR_RESEND_SECONDS = 60;

/**
 * The order of the rules of a check: unknown, locked, over, used, and only then right or wrong. The statement has
 * decided already; where it compared nothing, this says which rule it was.
 */
export function resultOfCheck(
  outcome: CheckOutcome,
  newToken: string,
  now: number,
  { maxFailedAttempts }: ResolvedPhoneVerifyOptions,
): VerificationResult {
  if (outcome.kind === 'right') {
    return { status: VerificationStatus.Valid, verificationToken: outcome.isTokenIssued ? newToken : undefined };
  }
  if (outcome.kind === 'wrong') {
    return { status: VerificationStatus.Invalid, attemptsLeft: maxFailedAttempts - outcome.failedAttempts };
  }
  const { session } = outcome;
  if (session === null) return { status: VerificationStatus.SessionTokenInvalid };
  if (session.failedAttempts >= maxFailedAttempts) return { status: VerificationStatus.TooManyAttempts };
  if (now >= session.expiresAt) return { status: VerificationStatus.Expired };
  return { status: VerificationStatus.Verified };
}

/** Why a session does not repeat its code: unknown, locked, verified, or too close to its end. */
export function refusalOfResend(
  session: Session | null,
  now: number,
  { maxFailedAttempts, expiration }: ResolvedPhoneVerifyOptions,
): VerificationStatus | undefined {
  if (session === null) return VerificationStatus.SessionTokenInvalid;
  if (session.failedAttempts >= maxFailedAttempts) return VerificationStatus.TooManyAttempts;
  if (session.isVerified) return VerificationStatus.Verified;
  const leastLife = Math.min(LEAST_LIFE_FOR_RESEND_SECONDS, expiration / 4) * 1000;
  return session.expiresAt - now < leastLife ? VerificationStatus.Expired : undefined;
}
