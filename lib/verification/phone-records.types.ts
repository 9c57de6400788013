import type { DescribedBudgets } from '../limits/described-budget.js';

/**
 * What is stored about a number. No code, no token, nothing that opens a session.
 *
 * @publicApi
 */
export interface PhoneDescription extends DescribedBudgets {
  /** E.164. */
  readonly phoneNumber: string;
  /** The newest sessions first, 100 at most. */
  readonly sessions: readonly DescribedSession[];
}

/**
 * One session of a number.
 *
 * @publicApi
 */
export interface DescribedSession {
  readonly id: string;
  readonly purpose: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Time of the first correct code. */
  readonly verifiedAt: Date | undefined;
  /** Time at which the verification token was consumed. */
  readonly consumedAt: Date | undefined;
  /** Wrong codes since the last correct one. */
  readonly failedAttempts: number;
  /** Messages that the backend accepted. */
  readonly sendCount: number;
  readonly lastSentAt: Date | undefined;
  /** Backend that accepted the last message. */
  readonly backend: string | undefined;
  /** The provider's id of the last message, for its own support. */
  readonly messageId: string | undefined;
}
