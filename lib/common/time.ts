/** Source of the current time. Tests replace it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The system's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Maximum delay of `setTimeout`. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The time limit was exceeded. The outcome of the work is unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor(timeoutMs: number) {
    super(`No response within ${timeoutMs} ms.`);
  }
}

/** The time limit of running work. */
export class TimeLimit {
  /** Created with the first listener. */
  #listeners: Set<(reason: unknown) => void> | undefined;
  #controller: AbortController | undefined;
  #isOver = false;
  #reason: unknown;

  /** Whether the time is up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Aborts when the time is up. It is created when it is first read: most work ends without it, and it is not cheap. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isOver) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Throws why the time is up, if it is. */
  throwIfOver(): void {
    if (this.#isOver) throw this.#reason;
  }

  /**
   * Calls a function when, or if, the time is up.
   *
   * @returns A function that removes it.
   */
  onEnd(listener: (reason: unknown) => void): () => void {
    if (this.#isOver) listener(this.#reason);
    else (this.#listeners ??= new Set()).add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /**
   * Ends the time when, or if, a signal aborts.
   *
   * @returns A function that stops it.
   */
  endWith(signal: AbortSignal): () => void {
    const abort = (): void => this.end(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    return () => signal.removeEventListener('abort', abort);
  }

  /** Ends the time. */
  end(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const listener of this.#listeners ?? []) listener(reason);
  }
}

/**
 * Waits for work no longer than a time limit. The work may throw synchronously, reject, or never settle.
 *
 * @param timeoutMs - The limit in milliseconds.
 * @param work - Is given the limit, which tells when the time is up.
 * @param onEnd - Called once: when the work ends or when the time is up, whichever is first.
 * @throws {@link TimeLimitError} when the time is up; a later result is ignored.
 */
export function withinTimeLimit<T>(
  timeoutMs: number,
  work: (limit: TimeLimit) => T | Promise<T>,
  onEnd?: (isTimeUp: boolean) => void,
): Promise<T> {
  const limit = new TimeLimit();
  let isTimeUp = false;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeLimitError(timeoutMs);
      isTimeUp = true;
      onEnd?.(true);
      limit.end(error);
      // Work that ends as soon as the time is up may have a more exact error, such as whether a message was sent.
      setImmediate(() => reject(error));
    }, timeoutMs);
    const settle =
      <Value>(settled: (value: Value) => void) =>
      (value: Value): void => {
        clearTimeout(timer);
        if (!isTimeUp) onEnd?.(false);
        settled(value);
      };
    try {
      Promise.resolve(work(limit)).then(settle(resolve), settle(reject));
    } catch (thrown) {
      settle(reject)(thrown);
    }
  });
}

/**
 * Limits the time that one request waits for the database and the limit store together: statements, retries and queues.
 * Time between two waits, such as a backend's, does not count.
 */
export class StorageTimeout {
  #leftMs: number;

  /** @param timeoutMs - `storage.timeoutMs`. */
  constructor(private readonly timeoutMs: number) {
    this.#leftMs = timeoutMs;
  }

  /**
   * Waits for work no longer than the time that is left, and deducts the time that it took.
   *
   * @param work - Is given the limit, which tells when the time is used up.
   * @throws {@link TimeLimitError} when the time is used up; work that comes later is not started.
   */
  run<T>(work: (limit: TimeLimit) => Promise<T>): Promise<T> {
    if (this.#leftMs <= 0) return Promise.reject(new TimeLimitError(this.timeoutMs));
    const started = performance.now();
    return withinTimeLimit(this.#leftMs, work, (isTimeUp) => {
      this.#leftMs = isTimeUp ? 0 : this.#leftMs - (performance.now() - started);
    });
  }
}
