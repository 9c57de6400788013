import type { LimitMode, LimitRule } from '../limits/limit.js';

/**
 * What is stored about a number. No code, no token, nothing that opens a session.
 *
 * @publicApi
 */
export interface PhoneDescription {
  /** E.164. */
  readonly phoneNumber: string;
  /** The newest sessions first, 100 at most. */
  readonly sessions: readonly DescribedSession[];
  /** What is left of each limit that sends to this number are counted in; limits by address are not known by number. */
  readonly budgets: readonly DescribedBudget[];
  /** Sending to the number's country or prefix is stopped until then, or would be if the guard enforced it. */
  readonly conversionBlockedUntil: Date | undefined;
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
  /** Time of the first right code. */
  readonly verifiedAt: Date | undefined;
  /** Time at which the proof was consumed. */
  readonly consumedAt: Date | undefined;
  /** Wrong codes since the last right one. */
  readonly failedAttempts: number;
  /** Messages that the backend took. */
  readonly sendCount: number;
  readonly lastSentAt: Date | undefined;
  /** Backend that took the last message. */
  readonly backend: string | undefined;
  /** The provider's id of the last message, for its own support. */
  readonly messageId: string | undefined;
}

/**
 * What is left of one limit.
 *
 * @publicApi
 */
export interface DescribedBudget {
  readonly rule: Exclude<LimitRule, 'conversion' | 'perIp' | 'testNumbers'>;
  /**
   * Whether it is what sends with `ownNumber` may use. `resendAfter`, `perNumber` and `perPrefix` are counted apart for
   * them; of `perCountry` and `total` they share the counter and have a higher `max`.
   */
  readonly ownNumber: boolean;
  /** Messages in the window, without those that are reserved for others. */
  readonly max: number;
  /** Length of the window. */
  readonly seconds: number;
  readonly mode: LimitMode;
  /** Messages that may still be sent in the window. */
  readonly left: number;
  /** The window is over, and all of `max` is left again; `undefined` while nothing is counted. */
  readonly windowEndsAt: Date | undefined;
}
