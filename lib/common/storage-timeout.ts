import { TimeLimitError, withinTimeLimit } from './time-limit.js';

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
   * @param work - Gets a signal that aborts when the time is used up.
   * @throws {@link TimeLimitError} when the time is used up; later work is not started.
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
