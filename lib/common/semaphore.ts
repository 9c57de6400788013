import type { TimeLimit } from './time.js';

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
   * @param limit - Ends the wait when its time is up.
   * @returns A function that returns the permit; call it once.
   * @throws {@link TimeLimitError} when the time is up before a permit is free.
   */
  async acquire(limit: TimeLimit): Promise<() => void> {
    limit.throwIfOver();
    if (this.#free > 0) {
      this.#free -= 1;
      return () => this.#release();
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant: () => {
          stopWaiting();
          resolve(() => this.#release());
        },
      };
      const stopWaiting = limit.onEnd((reason) => {
        this.#waiters.delete(waiter);
        reject(reason);
      });
      this.#waiters.add(waiter);
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
