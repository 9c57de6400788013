import type { DataSource } from 'typeorm';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import type { Database, Run } from '../verification/database.js';
import { redactedCause } from '../verification/redaction.js';
import { withinTimeLimit } from '../verification/time-limit.js';

/** Connections of a pool whose size nobody set: that of `pg` and of `mysql2`. */
const DEFAULT_POOL_SIZE = 10;

/** Somebody who waits. */
interface Turn {
  come?: () => void;
}

/**
 * Runs operations on half of the pool's connections. A flood of sends waits for the lock of one counter; it is to leave
 * connections to the checks, which go on whatever happens to the limits.
 */
export class PoolShare {
  readonly #waiting: Turn[] = [];
  #free: number;

  constructor(private readonly database: Database) {
    this.#free = Math.max(1, Math.floor(poolSizeOf(database.dataSource) / 2));
  }

  /** As {@link Database.run}, once it is its turn. */
  async run<T>(operation: (run: Run) => Promise<T>): Promise<T> {
    return this.#take(() => this.database.run(operation));
  }

  /** As {@link Database.transact}, once it is its turn. */
  async transact<T>(operation: (run: Run) => Promise<T>): Promise<T> {
    return this.#take(() => this.database.transact(operation));
  }

  async #take<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  /** Waits for a turn no longer than for the database itself. */
  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const turn: Turn = {};
    this.#waiting.push(turn);
    const come = new Promise<void>((resolve) => {
      turn.come = resolve;
    });
    try {
      await withinTimeLimit(this.database.timeoutMs, () => come);
    } catch (thrown) {
      const place = this.#waiting.indexOf(turn);
      if (place >= 0) this.#waiting.splice(place, 1);
      // The turn came in the moment in which the time was over.
      else this.#handOn();
      throw new StorageUnavailableError({ storage: 'limit store', cause: redactedCause(thrown, { hidden: [] }) });
    }
  }

  #handOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next.come?.();
  }
}

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra }: { poolSize?: unknown; extra?: unknown } = { ...options };
  const own = typeof extra === 'object' && extra !== null ? Object.entries(extra) : [];
  const sizes = own.flatMap(([name, value]) => (name === 'max' || name === 'connectionLimit' ? [value] : []));
  const size: unknown = [...sizes, poolSize].find((value) => typeof value === 'number');
  return typeof size === 'number' ? size : DEFAULT_POOL_SIZE;
}
