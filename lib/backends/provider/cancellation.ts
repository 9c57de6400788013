import { TimeLimitError } from '../../common/time.js';

/**
 * Tells the requests of one message to stop. It does what an `AbortSignal` does; three of those, joined, cost a third of
 * the CPU of a request.
 */
export class Cancellation {
  readonly #actions = new Set<(reason: unknown) => void>();
  #isCancelled = false;
  #reason: unknown;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Runs the actions. */
  cancel(reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    for (const action of this.#actions) action(reason);
  }

  /** Runs an action when, or if, this is cancelled. */
  onCancel(action: (reason: unknown) => void): void {
    if (this.#isCancelled) action(this.#reason);
    else this.#actions.add(action);
  }

  /** A signal that aborts when this is cancelled. */
  toSignal(): AbortSignal {
    const controller = new AbortController();
    this.onCancel((reason) => controller.abort(reason));
    return controller.signal;
  }
}

/**
 * Waits for work no longer than a time limit, as `withinTimeLimit` does. The work is cancelled when the time is up or the
 * signal aborts; only in the first case it is not waited for.
 *
 * @throws {@link TimeLimitError} when the time is up; a later result is ignored.
 */
export async function cancellable<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  const cancellation = new Cancellation();
  const abort = (): void => cancellation.cancel(signal?.reason);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimeLimitError(timeoutMs);
      cancellation.cancel(error);
      // Work that ends as soon as it is cancelled may have a more exact error, such as whether a message was sent.
      setImmediate(() => reject(error));
    }, timeoutMs);
  });
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([work(cancellation), timeout]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
