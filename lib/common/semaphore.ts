/** A request that waits for a permit. */
interface Waiter {
  readonly grant: () => void;
}

/** A fixed number of permits. If none is free, requests wait in the order of their arrival. */
export class Semaphore {
  readonly #waiters = new Set<Waiter>();
  #free: number;

  constructor(permits: number) {
    this.#free = permits;
  }

  /**
   * Takes a permit.
   *
   * @param signal - Ends the wait when it aborts.
   * @returns A function that returns the permit; call it once.
   * @throws The signal's reason when it aborts before a permit is free.
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return () => this.#release();
    }
    return new Promise((resolve, reject) => {
      const stopWaiting = (): void => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', stopWaiting);
          resolve(() => this.#release());
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', stopWaiting, { once: true });
    });
  }

  /** Gives the permit to the request that has waited longest. */
  #release(): void {
    const [next] = this.#waiters;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiters.delete(next);
    next.grant();
  }
}
