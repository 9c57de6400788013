import type { VerificationResult } from '../backends/verification-result.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { CheckOutcome, Session } from './verification.store.js';

/** A resend needs this much of the session's time, or a quarter of `expiration` if that is less. */
const SHORTEST_TIME_FOR_RESEND_SECONDS = 60;

/**
 * The result of a check, by the rules in their order: unknown, locked, expired, used, then wrong or correct. The
 * statement has already decided; where it compared nothing, this finds the rule that applied.
 */
export function resultOfCheck(
  outcome: CheckOutcome,
  newToken: string,
  now: number,
  { maxFailedAttempts }: ResolvedPhoneVerifyOptions,
): VerificationResult {
  if (outcome.kind === 'correct') {
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

/** Why a session's code is not sent again: unknown, locked, verified, or too close to its expiry. */
export function refusalOfResend(
  session: Session | null,
  now: number,
  { maxFailedAttempts, expiration }: ResolvedPhoneVerifyOptions,
): VerificationStatus | undefined {
  if (session === null) return VerificationStatus.SessionTokenInvalid;
  if (session.failedAttempts >= maxFailedAttempts) return VerificationStatus.TooManyAttempts;
  if (session.isVerified) return VerificationStatus.Verified;
  const shortest = Math.min(SHORTEST_TIME_FOR_RESEND_SECONDS, expiration / 4) * 1000;
  return session.expiresAt - now < shortest ? VerificationStatus.Expired : undefined;
}
