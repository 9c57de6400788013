import { Semaphore } from '../common/semaphore.js';
import { type StorageTimeout, systemClock } from '../common/time.js';
import { type Database, listParameters, type Row, type RowValues, type Run } from '../database/database.js';
import { describeTable } from '../database/sql-table.js';
import { type Addition, byKey } from './charge-group.js';
import {
  type CountersStatements,
  countersStatements,
  type CounterStatements,
  counterStatements,
  type CounterTable,
  DELETE_BATCH,
} from './limit.statements.js';
import type { Counter, CounterWindow, StoreTime } from './limit.store.js';
import { SMSVerificationCounter } from './sms-verification-counter.entity.js';

/** How counters are added to. */
export interface AddOptions {
  /** Epoch milliseconds, by the store's clock. */
  readonly now: number;
  readonly timeout: StorageTimeout;
  /** Handles counters that were added to after the time limit. */
  readonly onLate: (counters: readonly Counter[]) => Promise<void>;
}

/** The rows of the counters in the application's database. Every method is one statement, or one transaction. */
export class CounterRows {
  readonly #table: CounterTable;
  readonly #one: CounterStatements;
  readonly #many = new Map<number, CountersStatements>();
  /** MySQL has no `RETURNING`. TypeORM's type `mysql` is used for MariaDB too. */
  readonly #canReturn: boolean;
  /**
   * Half of the pool's connections. Sends that wait for the lock of one counter leave the other half to checks, which must
   * continue whatever happens to the limits.
   */
  readonly #semaphore: Semaphore;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(private readonly database: Database) {
    this.#semaphore = new Semaphore(Math.max(1, Math.floor(database.poolSize / 2)));
    this.#table = describeTable(database.dataSource, SMSVerificationCounter);
    this.#one = counterStatements(this.#table);
    this.#canReturn = database.dataSource.options.type !== 'mysql';
  }

  /** Adds to counters, full or not. @returns The counters after it. */
  async add(additions: readonly Addition[], { now, timeout, onLate }: AddOptions): Promise<Counter[]> {
    const { charge, read } = this.#statements(additions.length);
    const rows = additions.map(({ key, count, windowEndsAt }) => ({ key, count, verified: 0, windowEndsAt }));
    const values = { ...listParameters(rows), now };
    const options = { semaphore: this.#semaphore, onLate };
    if (this.#canReturn) {
      return this.database.run(async (run) => (await run(charge, values)).rows.map(readCounter), timeout, options);
    }
    // The transaction holds the counters' locks, so this reads what it added.
    return this.database.transact(
      async (run) => {
        await run(charge, values);
        return (await run(read, values)).rows.map(readCounter);
      },
      timeout,
      options,
    );
  }

  /** Subtracts one from counters, from each only if its window is still the same. */
  async subtract(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void> {
    const { refund } = this.#statements(charged.length);
    const values = listParameters(charged.toSorted(byKey).map(windowOf));
    await this.#run((run) => run(refund, values), timeout);
  }

  /** Lets the window of a counter end at an instant, if it is still the same. */
  async cut(counter: CounterWindow, until: number, timeout: StorageTimeout): Promise<void> {
    await this.#run((run) => run(this.#one.cut, { ...windowOf(counter), until }), timeout);
  }

  /** Reads those whose window is open, in any order. */
  async readOpen(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<Counter[]> {
    const values = { ...listParameters(keys.map((key) => ({ key }))), now };
    const { rows } = await this.#run((run) => run(this.#statements(keys.length).read, values), timeout);
    return rows.map(readCounter);
  }

  /** Deletes counters. */
  async delete(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    const values = listParameters(keys.map((key) => ({ key })));
    await this.#run((run) => run(this.#statements(keys.length).clear, values), timeout);
  }

  /** Deletes one batch of those whose window has ended. Returns whether there may be another batch. */
  async deleteExpired(now: number, timeout: StorageTimeout): Promise<boolean> {
    const { affected } = await this.#run((run) => run(this.#one.deleteExpired, { now }), timeout);
    return affected >= DELETE_BATCH;
  }

  /** Reads the time of the database. SQLite has the clock of the process. */
  async readTime(timeout: StorageTimeout): Promise<StoreTime | undefined> {
    const { readTime } = this.#one;
    if (readTime === undefined) return undefined;
    return this.database.run(async (run) => {
      const before = systemClock.now();
      const { rows } = await run(readTime, {});
      return { before, store: Number(rows[0]?.['now']), after: systemClock.now() };
    }, timeout);
  }

  async #run<T>(operation: (run: Run) => Promise<T>, timeout: StorageTimeout): Promise<T> {
    return this.database.run(operation, timeout, { semaphore: this.#semaphore });
  }

  #statements(count: number): CountersStatements {
    const built = this.#many.get(count) ?? countersStatements(this.#table, count, this.#canReturn);
    this.#many.set(count, built);
    return built;
  }
}

function windowOf({ key, windowEndsAt }: CounterWindow): RowValues {
  return { key, windowEndsAt };
}

function readCounter(row: Row): Counter {
  return {
    key: String(row['key']),
    used: Number(row['used']),
    windowEndsAt: Number(row['windowEndsAt']),
  };
}
