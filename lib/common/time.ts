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

/**
 * Waits for work no longer than a time limit. The work may throw synchronously, reject, or never settle.
 *
 * @param timeoutMs - The limit in milliseconds.
 * @param work - Gets a signal that aborts when the time is up.
 * @throws {@link TimeLimitError} when the time is up; a later result is ignored.
 */
export async function withinTimeLimit<T>(timeoutMs: number, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimeLimitError(timeoutMs);
      controller.abort(error);
      // Work that ends as soon as the signal aborts may have a more exact error, such as whether a message was sent.
      setImmediate(() => reject(error));
    }, timeoutMs);
  });
  try {
    return await Promise.race([start(work, controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Turns a synchronous exception into a rejection. */
async function start<T>(work: (signal: AbortSignal) => T | Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
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
   * @param work - Is given a signal that aborts when the time is used up.
   * @throws {@link TimeLimitError} when the time is used up; work that comes later is not started.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#leftMs <= 0) throw new TimeLimitError(this.timeoutMs);
    const started = performance.now();
    try {
      return await withinTimeLimit(this.#leftMs, work);
    } finally {
      this.#leftMs -= performance.now() - started;
    }
  }
}
