import type { StorageTimeout } from '../common/time.js';

/** What one send charges to one counter. */
export interface Charge {
  /** Key of the counter, such as `perNumber:3600:+14155552671`. The same in every process, at most 100 characters. */
  readonly key: string;
  /** Count at which the counter is full. Charges of one counter can differ in it. */
  readonly max: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  /** Whether a full counter refuses the send. */
  readonly isEnforced: boolean;
}

/** A counter as it is stored. */
export interface Counter {
  readonly key: string;
  /** Messages counted in the window. */
  readonly used: number;
  /** Epoch milliseconds at which the window ends and the counter is empty. Identifies the window. */
  readonly windowEndsAt: number;
}

/** A counter's window. */
export type CounterWindow = Pick<Counter, 'key' | 'windowEndsAt'>;

/**
 * Tolerated difference between clocks, in milliseconds. The clocks of processes differ slightly, and a send that waits for
 * its charge, by default at most five seconds, is overtaken by others. A window that was shortened for that could not be
 * refunded.
 */
export const CLOCK_SLACK_MS = 10_000;

/** The outcome of a charge. */
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
 * Stores the counters of sends. Each implementation stores them in another place. What is counted, and what a full
 * counter means, is decided elsewhere.
 *
 * Every method waits no longer than the request's timeout, and throws {@link StorageUnavailableError} if the store cannot
 * be reached.
 */
export interface LimitStore {
  /**
   * Charges one message to every counter, or to none if an enforced one is full. Of any number of parallel charges, from
   * any number of processes, exactly `max` are accepted if one counter alone fills up and their `max` is the same.
   *
   * A counter without an open window opens one of `windowMs` from `now`. A window that ends more than
   * {@link CLOCK_SLACK_MS} later than one opened now, as after a clock was set back, is shortened to that.
   */
  charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome>;

  /**
   * Subtracts one message from counters, from each only if its window is still the one that was charged. A counter at 0
   * has no window: the next charge opens one.
   */
  refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void>;

  /** Reads the counters whose window is open, in the order of their keys. */
  read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]>;

  /** Deletes counters. */
  clear(keys: readonly string[], timeout: StorageTimeout): Promise<void>;

  /** Reads the time of the store; `undefined` if that is the process's own. */
  readTime(timeout: StorageTimeout): Promise<StoreTime | undefined>;

  /** Deletes one batch of counters whose window has ended. Returns whether there may be another batch. */
  deleteExpired(now: number, timeout: StorageTimeout): Promise<boolean>;
}
