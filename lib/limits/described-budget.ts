import type { LimitRule } from '../common/limit-rule.js';
import type { LimitMode } from './limit.js';

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

/** What is left of the limits of a number. */
export interface DescribedBudgets {
  /** What is left of each limit that sends to this number are counted in; limits per address are not known by number. */
  readonly budgets: readonly DescribedBudget[];
  /** Sending to the number's country or prefix is blocked until then, or would be if `conversion` were enforced. */
  readonly conversionBlockedUntil: Date | undefined;
}
