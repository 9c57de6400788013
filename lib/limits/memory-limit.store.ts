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

/** Stores the counters in this process, for an application of one process whose limits may be reset by a restart. */
export class MemoryLimitStore implements LimitStore {
  readonly #counters = new Map<string, Counter>();
  #sweepAt = FEWEST_TO_SWEEP;

  async charge(charges: readonly Charge[], now: number): Promise<ChargeOutcome> {
    const current = charges.map((charge) => this.#look(charge, now));
    const full = current.filter(({ used }, index) => charges[index]?.isEnforced && used >= charges[index].max);
    if (full.length > 0) return { isCharged: false, counters: full };
    const counters = current.map(({ key, used, windowEndsAt }) => this.#put({ key, used: used + 1, windowEndsAt }));
    if (this.#counters.size >= this.#sweepAt) this.#sweep(now);
    return { isCharged: true, counters };
  }

  async refund(charged: readonly CounterWindow[]): Promise<void> {
    for (const { key, windowEndsAt } of charged) {
      const counter = this.#counters.get(key);
      if (counter?.windowEndsAt !== windowEndsAt) continue;
      if (counter.used > 1) this.#put({ ...counter, used: counter.used - 1 });
      else this.#counters.delete(key);
    }
  }

  async read(keys: readonly string[], now: number): Promise<readonly Counter[]> {
    return keys.map((key) => this.#open(key, now)).filter((counter) => counter !== undefined);
  }

  async clear(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#counters.delete(key);
  }

  async readTime(): Promise<StoreTime | undefined> {
    return undefined;
  }

  /** Deletes all of them as one batch. */
  async deleteExpired(now: number): Promise<boolean> {
    this.#sweep(now);
    return false;
  }

  /** The counter for a charge: the one with an open window, which is shortened if it ends too late, or an empty one. */
  #look({ key, windowMs }: Charge, now: number): Counter {
    const latestEnd = now + windowMs;
    const counter = this.#open(key, now) ?? { key, used: 0, windowEndsAt: latestEnd };
    if (counter.windowEndsAt <= latestEnd + CLOCK_SLACK_MS) return counter;
    return this.#put({ ...counter, windowEndsAt: latestEnd });
  }

  #open(key: string, now: number): Counter | undefined {
    const counter = this.#counters.get(key);
    return counter !== undefined && counter.windowEndsAt > now ? counter : undefined;
  }

  #put(counter: Counter): Counter {
    this.#counters.set(counter.key, counter);
    return counter;
  }

  /** Without a timer that cleans up, charges do; each sweep waits until the counters that it left have doubled. */
  #sweep(now: number): void {
    for (const { key, windowEndsAt } of this.#counters.values()) {
      if (windowEndsAt <= now) this.#counters.delete(key);
    }
    this.#sweepAt = Math.max(FEWEST_TO_SWEEP, 2 * this.#counters.size);
  }
}
