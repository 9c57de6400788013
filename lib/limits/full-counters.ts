import { CLOCK_SLACK_MS, type Charge, type Counter } from './limit.store.js';

/** Maximum number of remembered counters of each kind, about 2 MB. The oldest is forgotten first. */
const MAX_COUNTERS = 10_000;

/** A charge for which a counter can be full. */
type FilledCharge = Omit<Charge, 'isEnforced'>;

/** Counters that this process has seen full, so that it can foresee a refusal. */
export class FullCounters {
  /** Counters that one message fills, such as a cooldown. Every send fills one, so they must not displace the others. */
  readonly #ofOne = new Map<string, Counter>();
  readonly #others = new Map<string, Counter>();

  /** Remembers a counter if it is full for a charge, and forgets it if it has room. */
  note(charge: FilledCharge, counter: Counter | undefined): void {
    const counters = this.#of(charge);
    counters.delete(charge.key);
    if (counter === undefined || counter.used < charge.max) return;
    counters.set(charge.key, counter);
    const [oldest] = counters.keys();
    if (counters.size > MAX_COUNTERS && oldest !== undefined) counters.delete(oldest);
  }

  /**
   * The end of the window of a counter that is full for a charge, by the clock of `now`; `undefined` if that is not known.
   * An end that is more than one window away was read before a clock was set back.
   */
  endOf(charge: FilledCharge, now: number): number | undefined {
    const { key, max, windowMs } = charge;
    const counter = this.#of(charge).get(key);
    if (counter === undefined) return undefined;
    const { used, windowEndsAt } = counter;
    if (windowEndsAt > now && windowEndsAt <= now + windowMs + CLOCK_SLACK_MS)
      return used < max ? undefined : windowEndsAt;
    this.#of(charge).delete(key);
    return undefined;
  }

  #of({ max }: FilledCharge): Map<string, Counter> {
    return max === 1 ? this.#ofOne : this.#others;
  }
}
