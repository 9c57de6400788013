import type { Charge, ChargeOutcome, Counter } from './limit.store.js';

/** What one send charges. */
export interface SendCharges {
  readonly charges: readonly Charge[];
  /** Epoch milliseconds, by the store's clock. */
  readonly now: number;
}

/** What a group of sends adds to one counter. */
export interface Addition {
  readonly key: string;
  readonly count: number;
  /** End of a window that opens now, epoch milliseconds. */
  readonly windowEndsAt: number;
}

/** Sorts by key. Every statement that locks several counters locks them in this order, so that none waits in a cycle. */
export function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}

/**
 * Sends that are charged together: as if they were charged one after the other, except that one which exceeds a limit counts
 * for those after it, until it is refunded.
 */
export class ChargeGroup {
  readonly #additions = new Map<string, Addition>();
  /** For each send the full counters that refuse it. */
  readonly #full: readonly (readonly Counter[])[];

  /**
   * @param counters - The open ones among the counters of the sends, as they were read before the charge. Without any, the
   * group is the first to charge them, or expects that none of them is full.
   */
  constructor(
    private readonly sends: readonly SendCharges[],
    counters: readonly Counter[],
  ) {
    const read = new Map(counters.map((counter) => [counter.key, counter]));
    this.#full = sends.map((send) => this.#admit(send, read));
  }

  /** Whether a full counter refuses one of the sends. */
  get refusesAny(): boolean {
    return this.#full.some((counters) => counters.length > 0);
  }

  /** What the sends add that no full counter refuses. In the order of the keys, in which every statement locks them. */
  get additions(): readonly Addition[] {
    return [...this.#additions.values()].toSorted(byKey);
  }

  /** The outcome of each send. @param charged - The counters after the additions. */
  outcomes(charged: readonly Counter[]): readonly ChargeOutcome[] {
    const last = new Map(charged.map((counter) => [counter.key, counter]));
    const counted = new Map<string, number>();
    return this.sends.map(({ charges }, index) => {
      const full = this.#full[index] ?? [];
      if (full.length > 0) return { isCharged: false, counters: full };
      return { isCharged: true, counters: charges.flatMap(({ key }) => this.#counterAfter(key, last, counted)) };
    });
  }

  /** Adds a send, unless a counter is full that it would be enforced on. */
  #admit({ charges, now }: SendCharges, read: ReadonlyMap<string, Counter>): readonly Counter[] {
    const full = charges.flatMap(({ key, max, isEnforced }) => {
      const counter = read.get(key);
      const used = (counter?.used ?? 0) + (this.#additions.get(key)?.count ?? 0);
      if (!isEnforced || used < max) return [];
      return { key, used, windowEndsAt: counter?.windowEndsAt ?? this.#additions.get(key)?.windowEndsAt ?? now };
    });
    if (full.length > 0) return full;
    for (const { key, windowMs } of charges) {
      const { count = 0, windowEndsAt = 0 } = this.#additions.get(key) ?? {};
      this.#additions.set(key, { key, count: count + 1, windowEndsAt: Math.max(windowEndsAt, now + windowMs) });
    }
    return [];
  }

  /** The counter as it was after one send of the group: no two sends have the same count. */
  #counterAfter(key: string, last: ReadonlyMap<string, Counter>, counted: Map<string, number>): readonly Counter[] {
    const counter = last.get(key);
    if (counter === undefined) return [];
    const place = (counted.get(key) ?? 0) + 1;
    counted.set(key, place);
    const { count = 0 } = this.#additions.get(key) ?? {};
    return [{ key, used: counter.used - count + place, windowEndsAt: counter.windowEndsAt }];
  }
}
