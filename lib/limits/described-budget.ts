import type { NumberRule } from '../common/limit-rule.js';
import type { LimitMode } from './limit.js';

/**
 * What is left of one limit.
 *
 * @publicApi
 */
export interface DescribedBudget {
  readonly rule: NumberRule;
  /**
   * Whether it is the budget of sends with `ownNumber`. They have separate counters of `resendAfter`, `perNumber` and
   * `perPrefix`, and share those of `perCountry` and `total` with a higher `max`.
   */
  readonly ownNumber: boolean;
  /** Messages in the window, without those that are reserved for others. */
  readonly max: number;
  /** Length of the window. */
  readonly seconds: number;
  readonly mode: LimitMode;
  /** Messages that may still be sent in the window. */
  readonly left: number;
  /** End of the window, from which all of `max` is left again; `undefined` while nothing is counted. */
  readonly windowEndsAt: Date | undefined;
}

/** What is left of the limits of a number. */
export interface DescribedBudgets {
  /** What is left of each limit that counts sends to this number. Limits by client are not known by number. */
  readonly budgets: readonly DescribedBudget[];
  /** Sending to the number's country or prefix is blocked until then, or would be if `conversion` were enforced. */
  readonly conversionBlockedUntil: Date | undefined;
}
