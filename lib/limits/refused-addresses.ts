/** Counters that are remembered, about 2 MB; of more, those that were refused first are forgotten. */
const MAX_COUNTERS = 10_000;

/** Full counters of client addresses that have refused a send of this process, so that the next one costs nothing. */
export class RefusedAddresses {
  readonly #endsByKey = new Map<string, number>();

  /** @param endsAt - End of the counter's window, by the clock by which {@link endOf} is asked. */
  add(key: string, endsAt: number): void {
    this.#endsByKey.delete(key);
    this.#endsByKey.set(key, endsAt);
    const [oldest] = this.#endsByKey.keys();
    if (this.#endsByKey.size > MAX_COUNTERS && oldest !== undefined) this.#endsByKey.delete(oldest);
  }

  /**
   * When a counter that was full is empty; `undefined` for any other. One that would be full for longer than a window is
   * of a clock that went back.
   */
  endOf({ key, windowMs }: { readonly key: string; readonly windowMs: number }, now: number): number | undefined {
    const endsAt = this.#endsByKey.get(key);
    if (endsAt === undefined) return undefined;
    if (endsAt > now && endsAt <= now + windowMs) return endsAt;
    this.#endsByKey.delete(key);
    return undefined;
  }
}
