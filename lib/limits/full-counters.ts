import { CLOCK_SLACK_MS, type Charge, type Counter } from './limit.store.js';

/** Counters that are remembered, about 2 MB. The oldest is forgotten first. */
const MAX_COUNTERS = 10_000;

/** Counters that this process has seen full, so that it can foresee a refusal. */
export class FullCounters {
  readonly #byKey = new Map<string, Counter>();

  /** Remembers a full counter. Its window ends by the clock that {@link endOf} is called with. */
  add(counter: Counter): void {
    this.#byKey.delete(counter.key);
    this.#byKey.set(counter.key, counter);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > MAX_COUNTERS && oldest !== undefined) this.#byKey.delete(oldest);
  }

  /**
   * The end of the window of a counter that is full for a charge; `undefined` if that is not known. An end that is more
   * than one window away was read before a clock was set back.
   */
  endOf({ key, max, windowMs }: Omit<Charge, 'isEnforced'>, now: number): number | undefined {
    const counter = this.#byKey.get(key);
    if (counter === undefined) return undefined;
    const { used, windowEndsAt } = counter;
    if (windowEndsAt > now && windowEndsAt <= now + windowMs + CLOCK_SLACK_MS)
      return used < max ? undefined : windowEndsAt;
    this.#byKey.delete(key);
    return undefined;
  }
}
