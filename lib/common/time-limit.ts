/** The longest that `setTimeout` waits. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/** The time for some work is over. What the work did is unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms.`);
  }
}

/**
 * Waits for work no longer than a limit, whatever the work does: it may throw at once, reject, or never settle.
 *
 * @param timeoutMs - The limit in milliseconds.
 * @param work - Is handed a signal that aborts when the time is over.
 * @throws {@link TimeLimitError} when the time is over; what becomes of the work later is dropped.
 */
export async function withinTimeLimit<T>(timeoutMs: number, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimeLimitError(timeoutMs);
      controller.abort(error);
      // Work that ends at once on the signal can say more than that time is over: whether anything was sent.
      setImmediate(() => reject(error));
    }, timeoutMs);
  });
  try {
    return await Promise.race([startNow(work, controller.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Turns what is thrown at once into a rejection. */
async function startNow<T>(work: (signal: AbortSignal) => T | Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}
