/** Maximum delay of `setTimeout`. */
export const LONGEST_TIMER_MS = 2_147_483_647;

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
