import type { StorageTimeout } from '../common/storage-timeout.js';

/** What one send charges to one counter. */
export interface Charge {
  /** Whose counter, such as `perNumber:3600:+14155552671`. The same in every process; 100 characters at most. */
  readonly key: string;
  /** The counter is full from here on. Charges of one counter may differ in it. */
  readonly max: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  /** Whether a full counter refuses the send. */
  readonly isEnforced: boolean;
}

/** A counter as it stands. */
export interface Counter {
  readonly key: string;
  /** Messages counted in the window. */
  readonly used: number;
  /** Epoch milliseconds; the counter is empty from here on. Tells one window of a counter from the next. */
  readonly windowEndsAt: number;
}

/** A counter's window. */
export type CounterWindow = Pick<Counter, 'key' | 'windowEndsAt'>;

/**
 * How far clocks are taken to be apart, in milliseconds. Sends overtake each other, and clocks of processes never agree:
 * a window that was cut for that could not be refunded.
 */
export const CLOCK_SLACK_MS = 1000;

/** What became of a charge. */
export interface ChargeOutcome {
  /** Whether every counter was charged; otherwise none was. */
  readonly isCharged: boolean;
  /** In the order of the charges: when charged, every counter after it; otherwise the full ones that are enforced. */
  readonly counters: readonly Counter[];
}

/** The time of a store, read between two readings of this process's system clock. All are epoch milliseconds. */
export interface StoreTime {
  readonly before: number;
  readonly store: number;
  readonly after: number;
}

/**
 * Keeps the counters of sends. One file for each place where they can be kept; what is counted, and what a full counter
 * means, is decided elsewhere.
 *
 * Every method waits no longer than the request's timeout, and throws {@link StorageUnavailableError} when the store is out
 * of reach.
 */
export interface LimitStore {
  /**
   * Charges one message to every counter, or to none when one that is enforced is full. Of any number of charges at
   * once, from any number of processes, exactly `max` are taken while one counter alone fills up, and their `max` is the
   * same.
   *
   * A counter without an open window opens one of `windowMs` from `now`. A window that ends later than one opened now
   * would, by more than {@link CLOCK_SLACK_MS}, as after a clock that went back, is cut to that.
   */
  charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome>;

  /**
   * Takes one message off counters, each only while its window is still the one that was charged. A counter at 0 has no
   * window: the next charge opens one.
   */
  refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void>;

  /** The counters among these whose window is open, in the order of their keys. */
  read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]>;

  /** Forgets counters. */
  clear(keys: readonly string[], timeout: StorageTimeout): Promise<void>;

  /** The time of the store; `undefined` where that is the process's own. */
  readTime(timeout: StorageTimeout): Promise<StoreTime | undefined>;

  /** Deletes one batch of counters whose window is over. Answers whether another batch may be there. */
  deleteExpired(now: number, timeout: StorageTimeout): Promise<boolean>;
}

/** Whether a counter with an open window refuses the next message. The one rule, which the SQL and Lua spell again. */
export function isFull({ used }: Counter, { max }: Charge): boolean {
  return used >= max;
}
