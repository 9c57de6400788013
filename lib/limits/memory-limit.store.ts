import {
  CLOCK_SLACK_MS,
  type Charge,
  type ChargeOutcome,
  type Counter,
  type CounterWindow,
  type LimitStore,
  type StoreTime,
} from './limit.store.js';

/** A charge sweeps expired counters when there are more than this. */
const FEWEST_TO_SWEEP = 1024;

/** The window of a counter. It is changed in place: a busy process has a million of them. */
interface Window {
  used: number;
  endsAt: number;
}

/** Stores the counters in this process, for an application of one process whose limits may be reset by a restart. */
export class MemoryLimitStore implements LimitStore {
  readonly #windows = new Map<string, Window>();
  #sweepAt = FEWEST_TO_SWEEP;

  async charge(charges: readonly Charge[], now: number): Promise<ChargeOutcome> {
    const open = charges.map((charge) => this.#openFor(charge, now));
    const full = charges.flatMap(({ key, max, isEnforced }, index) => {
      const window = open[index];
      return isEnforced && window !== undefined && window.used >= max ? [counterOf(key, window)] : [];
    });
    if (full.length > 0) return { isCharged: false, counters: full };
    const counters = charges.map(({ key, windowMs }, index) => {
      const window = open[index] ?? this.#begin(key, now + windowMs);
      window.used += 1;
      return counterOf(key, window);
    });
    if (this.#windows.size >= this.#sweepAt) this.#sweep(now);
    return { isCharged: true, counters };
  }

  async refund(charged: readonly CounterWindow[]): Promise<void> {
    for (const { key, windowEndsAt } of charged) {
      const window = this.#windows.get(key);
      if (window?.endsAt !== windowEndsAt) continue;
      window.used -= 1;
      if (window.used === 0) this.#windows.delete(key);
    }
  }

  async read(keys: readonly string[], now: number): Promise<readonly Counter[]> {
    return keys.flatMap((key) => {
      const window = this.#open(key, now);
      return window === undefined ? [] : [counterOf(key, window)];
    });
  }

  async clear(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#windows.delete(key);
  }

  async readTime(): Promise<StoreTime | undefined> {
    return undefined;
  }

  /** Deletes all of them as one batch. */
  async deleteExpired(now: number): Promise<boolean> {
    this.#sweep(now);
    return false;
  }

  /** The open window for a charge, which is shortened if it ends too late. */
  #openFor({ key, windowMs }: Charge, now: number): Window | undefined {
    const window = this.#open(key, now);
    const latestEnd = now + windowMs;
    if (window !== undefined && window.endsAt > latestEnd + CLOCK_SLACK_MS) window.endsAt = latestEnd;
    return window;
  }

  #open(key: string, now: number): Window | undefined {
    const window = this.#windows.get(key);
    return window !== undefined && window.endsAt > now ? window : undefined;
  }

  #begin(key: string, endsAt: number): Window {
    const window = { used: 0, endsAt };
    this.#windows.set(key, window);
    return window;
  }

  /** Without a timer that cleans up, charges do; each sweep waits until the windows that it left have doubled. */
  #sweep(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt <= now) this.#windows.delete(key);
    }
    this.#sweepAt = Math.max(FEWEST_TO_SWEEP, 2 * this.#windows.size);
  }
}

function counterOf(key: string, { used, endsAt }: Window): Counter {
  return { key, used, windowEndsAt: endsAt };
}
