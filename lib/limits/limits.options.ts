import type { ConversionGuard, Limit, LimitMode } from './limit.js';
import type { RedisClient } from './redis-client.js';

/**
 * One entry of a limit: `max` messages in a window of `seconds`. The window opens with the first message that is
 * counted, so any sliding window of that length sees `2 × max − 1` at most.
 *
 * @publicApi
 */
export interface LimitEntry {
  /** Messages, 1 to 1 000 000 000. */
  max: number;
  /** Length of the window in seconds, 1 to 31 536 000 (a year). Different from the others in its list. */
  seconds: number;
  /** `'report'` reports what exceeds it, and lets it through. Default `'enforce'`. */
  mode?: LimitMode;
}

/**
 * The time between two messages to one number, with its mode.
 *
 * @publicApi
 */
export interface ResendAfterOptions {
  /** Seconds, 1 to 86 400. Default 30. */
  seconds?: number;
  /** `'report'` reports what comes sooner, and lets it through. Default `'enforce'`. */
  mode?: LimitMode;
}

/**
 * Blocks a prefix or a country if few of its messages lead to a verified session: a sign of SMS pumping. It is a
 * statistic, which lags by a second or two and is not exact. Each key that is not given keeps its default.
 *
 * @publicApi
 */
export interface ConversionOptions {
  /**
   * What can be blocked: `'country'` blocks a prefix (a number without its last four digits) that reaches the thresholds
   * by itself, and a country whose messages are requested from many addresses; `'prefix'` blocks prefixes alone. Default
   * `'country'`.
   */
  by?: 'country' | 'prefix';
  /** Messages in the window below which nothing is blocked, 1 to 1 000 000 000. Default 50. */
  minimumSent?: number;
  /** Share of verified sessions among the messages sent, above 0 and up to 1. Default 0.1. */
  minimumVerified?: number;
  /**
   * A country is blocked only when its messages were requested from about this many addresses, 1 to 100. The number is an
   * estimate: an IPv6 address counts by its /48, and a send without an address does not count. Default 10.
   */
  minimumAddresses?: number;
  /** Length of the window in seconds, 1 to 31 536 000. Default 3600. */
  seconds?: number;
  /** Duration of a block in seconds, 1 to 31 536 000. Default 3600. */
  blockSeconds?: number;
  /** `'enforce'` refuses blocked sends, `'report'` only reports them. Default `'report'`. */
  mode?: LimitMode;
}

/**
 * Where the counters are stored: `'database'`, the data source, shared by all processes; `'memory'`, this process alone;
 * `{ redis }`, a client, cluster or Sentinel client of `ioredis` or of `redis` (node-redis), which the application
 * connects and closes.
 *
 * @publicApi
 */
export type LimitStoreChoice = 'database' | 'memory' | { readonly redis: RedisClient };

/**
 * How many messages are sent, see {@link PhoneVerifyOptions.limits}. `false` turns a limit off; what is not given keeps
 * its default.
 *
 * @publicApi
 */
export interface LimitOptions {
  /** Where the counters are stored. Default `'database'`. */
  store?: LimitStoreChoice;
  /** Between two messages to one number, in seconds, 1 to 86 400. Default 30. */
  resendAfter?: number | ResendAfterOptions | false;
  /** For each number. Default: 5 in an hour and 10 in a day. */
  perNumber?: readonly LimitEntry[] | false;
  /**
   * For each address of a client. An IPv6 address counts in its /64, and with 4 and 16 times the `max` in its /56 and
   * /48; one that contains an IPv4 address (6to4, Teredo, NAT64) counts as that address. Behind a private proxy that the HTTP
   * adapter does not trust, 50 times the `max` for everybody together. Default: 10 in a minute and 100 in an hour.
   */
  perIp?: readonly LimitEntry[] | false;
  /** For each number without its last four digits. Default: 100 in an hour. */
  perPrefix?: readonly LimitEntry[] | false;
  /** For each country; floor(`max` / 10) sends are reserved for `ownNumber`. Default `false`. */
  perCountry?: readonly LimitEntry[] | false;
  /** For all messages of the application; floor(`max` / 10) sends are reserved for `ownNumber`. Default `false`. */
  total?: readonly LimitEntry[] | false;
  /**
   * For each subject: a user, a device or a tenant that {@link PhoneVerifyOptions.identifyClient}, or `subject` of a
   * service call, names. Sends without a subject are not counted. Default `false`.
   */
  perSubject?: readonly LimitEntry[] | false;
  /** For prefixes and countries with few verified sessions. Default: reports, see {@link ConversionOptions}. */
  conversion?: ConversionOptions | false;
}

/**
 * The limits as the library uses them: validated, with defaults. A client of Redis is not enumerable, so that a log does
 * not show its settings.
 *
 * @publicApi
 */
export interface ResolvedLimits {
  /** Where the counters are stored. */
  readonly store: LimitStoreChoice;
  /** Every limit that is on, in the order of the options, then that of test numbers. */
  readonly rules: readonly Limit[];
  /** The conversion guard; `undefined` if it is off. */
  readonly conversion: ConversionGuard | undefined;
}
