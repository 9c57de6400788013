/** Counters that are remembered, about 2 MB. The oldest is forgotten first. */
const MAX_COUNTERS = 10_000;

/** Full counters of clients that refused a send of this process, so that the next refusal costs nothing. */
export class RefusedClients {
  readonly #endsByKey = new Map<string, number>();

  /** @param endsAt - End of the counter's window, by the clock that {@link endOf} is called with. */
  add(key: string, endsAt: number): void {
    this.#endsByKey.delete(key);
    this.#endsByKey.set(key, endsAt);
    const [oldest] = this.#endsByKey.keys();
    if (this.#endsByKey.size > MAX_COUNTERS && oldest !== undefined) this.#endsByKey.delete(oldest);
  }

  /**
   * The end of a full counter's window; `undefined` for a counter that is not known to be full. An end that is more than
   * one window away was read before a clock was set back.
   */
  endOf({ key, windowMs }: { readonly key: string; readonly windowMs: number }, now: number): number | undefined {
    const endsAt = this.#endsByKey.get(key);
    if (endsAt === undefined) return undefined;
    if (endsAt > now && endsAt <= now + windowMs) return endsAt;
    this.#endsByKey.delete(key);
    return undefined;
  }
}
