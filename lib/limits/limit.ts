import type { CountingRule } from '../common/limit-rule.js';

/**
 * Whether a limit refuses what exceeds it, or only reports it in the log and as an event.
 *
 * @publicApi
 */
export type LimitMode = 'enforce' | 'report';

/**
 * One validated limit: at most `max` messages in a window of `seconds`. The window is fixed and opens with the first
 * counted message.
 *
 * @publicApi
 */
export interface Limit {
  readonly rule: CountingRule;
  readonly max: number;
  readonly seconds: number;
  readonly mode: LimitMode;
}

/**
 * The validated option `conversion`: sending to a prefix or country stops for `blockSeconds` when in a window of
 * `seconds` at least `minimumSent` messages went there and less than `minimumVerified` of them, as a share from 0 to 1,
 * were verified. A country stops only when they were requested from about `minimumAddresses` addresses or more.
 *
 * @publicApi
 */
export interface ConversionGuard {
  readonly by: 'country' | 'prefix';
  readonly minimumSent: number;
  readonly minimumVerified: number;
  readonly minimumAddresses: number;
  readonly seconds: number;
  readonly blockSeconds: number;
  readonly mode: LimitMode;
}
