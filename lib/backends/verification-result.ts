import type { VerificationStatus } from '../common/verification-status.js';
import type { SMSVerification } from '../database/sms-verification.entity.js';

/**
 * Outcome of a check.
 *
 * @publicApi
 */
export interface VerificationResult {
  /** The outcome. */
  readonly status: VerificationStatus;
  /** Whatever a backend's own check returns; the library's own check leaves it out. */
  readonly verification?: SMSVerification | null | undefined;
  /** Wrong codes that the session still accepts; given with `Invalid`. */
  readonly attemptsLeft?: number | undefined;
  /**
   * Verification token: proves that this client verified this number. Given with `Valid`; the table stores its hash.
   * Absent when it was already consumed, and when a backend's own check found no open session.
   */
  readonly verificationToken?: string | undefined;
}
