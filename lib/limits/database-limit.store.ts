import { Semaphore } from '../common/semaphore.js';
import { StorageTimeout, systemClock } from '../common/time.js';
import { byKey, type Database, numbered, type StatementParameters, type Row, type Run } from '../database/database.js';
import { describeTable } from '../database/sql-table.js';
import {
  type CountersStatements,
  countersStatements,
  type CounterStatements,
  counterStatements,
  type CounterTable,
  DELETE_BATCH,
} from './limit.statements.js';
import {
  CLOCK_SLACK_MS,
  type Charge,
  type ChargeOutcome,
  type Counter,
  type CounterWindow,
  type LimitStore,
  type StoreTime,
} from './limit.store.js';
import { SMSVerificationCounter } from './sms-verification-counter.entity.js';

/**
 * Stores the counters in the application's database.
 *
 * Each charge returns the count that it made, and no two charges of a counter return the same count. A charge whose count
 * exceeds the limit is refunded and refused. Every charge before it was accepted or is about to be refunded, so at most
 * `max` are accepted. Reading the full counters first, which PostgreSQL does in the same statement, avoids a charge and
 * its refund for all but the first refused send.
 *
 * Charges of one counter can differ in `max`. One with a higher `max` can then be refused although it had room, if it
 * counts a charge that is about to be refunded. That takes as many parallel charges as the difference, and passes.
 */
export class DatabaseLimitStore implements LimitStore {
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
  constructor(
    private readonly database: Database,
    private readonly timeoutMs: number,
  ) {
    this.#semaphore = new Semaphore(Math.max(1, Math.floor(database.poolSize / 2)));
    this.#table = describeTable(database.dataSource, SMSVerificationCounter);
    this.#one = counterStatements(this.#table);
    this.#canReturn = database.dataSource.options.type !== 'mysql';
  }

  async charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    if (charges.length === 0) return { isCharged: true, counters: [] };
    const { isCharged, counters } = await this.#chargeUnlessFull(charges.toSorted(byKey), now, timeout);
    if (!isCharged) return { isCharged, counters: await this.#cutAll(counters, charges, now, timeout) };
    const full = exceeded(counters, charges);
    const keys = charges.map(({ key }) => key);
    if (full.length === 0) return { isCharged, counters: inOrderOf(keys, counters) };
    await this.refund(counters, timeout);
    return { isCharged: false, counters: inOrderOf(keys, full) };
  }

  async refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void> {
    if (charged.length === 0) return;
    const sorted = charged.toSorted(byKey);
    const { refund } = this.#statements(sorted.length);
    await this.#run((run) => run(refund, numbered(sorted.map(windowOf))), timeout);
  }

  async read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    if (keys.length === 0) return [];
    const values = { ...numbered(keys.map((key) => ({ key }))), now };
    return inOrderOf(keys, await this.#run((run) => this.#read(run, values, keys.length), timeout));
  }

  async clear(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    if (keys.length === 0) return;
    const values = numbered(keys.map((key) => ({ key })));
    await this.#run((run) => run(this.#statements(keys.length).clear, values), timeout);
  }

  /** SQLite has the clock of the process. */
  async readTime(timeout: StorageTimeout): Promise<StoreTime | undefined> {
    const { readTime } = this.#one;
    if (readTime === undefined) return undefined;
    return this.database.run(async (run) => {
      const before = systemClock.now();
      const { rows } = await run(readTime, {});
      return { before, store: Number(rows[0]?.['now']), after: systemClock.now() };
    }, timeout);
  }

  async deleteExpired(now: number, timeout: StorageTimeout): Promise<boolean> {
    const { affected } = await this.#run((run) => run(this.#one.deleteExpired, { now }), timeout);
    return affected >= DELETE_BATCH;
  }

  /** Charges, unless a counter is full. A counter that fills up meanwhile can be charged beyond its limit. */
  async #chargeUnlessFull(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    const { charge } = this.#statements(charges.length);
    // The request has failed, so its charge is refunded.
    const refundLate = async ({ isCharged, counters }: ChargeOutcome): Promise<void> => {
      if (isCharged) await this.refund(counters, new StorageTimeout(this.timeoutMs));
    };
    const values = { ...numbered(charges.map((each) => valuesOf(each, now))), now };
    if (this.database.dialect === 'postgres') {
      return this.#run(
        async (run) => {
          const { rows } = await run(charge, values);
          return { isCharged: rows.every((row) => Number(row['isCharged']) === 1), counters: rows.map(readCounter) };
        },
        timeout,
        refundLate,
      );
    }
    const readFull = async (run: Run): Promise<Counter[]> =>
      (await run(this.#statements(charges.length).readFull, values)).rows.map(readCounter);
    if (this.#canReturn) {
      return this.#run(
        async (run) => {
          const full = await readFull(run);
          if (full.length > 0) return { isCharged: false, counters: full };
          const { rows } = await run(charge, values);
          return { isCharged: true, counters: rows.map(readCounter) };
        },
        timeout,
        refundLate,
      );
    }
    const full = await this.#run(readFull, timeout);
    if (full.length > 0) return { isCharged: false, counters: full };
    // The transaction holds the counters' locks, so this reads its own charge.
    return this.database.transact(
      async (run) => {
        await run(charge, values);
        return { isCharged: true, counters: await this.#read(run, values, charges.length) };
      },
      timeout,
      { semaphore: this.#semaphore, onLate: refundLate },
    );
  }

  /** Shortens the windows of full counters that end later than a window opened now. A charge would do the same. */
  async #cutAll(
    full: readonly Counter[],
    charges: readonly Charge[],
    now: number,
    timeout: StorageTimeout,
  ): Promise<Counter[]> {
    const cut: Counter[] = [];
    for (const { key, windowMs } of charges) {
      const counter = full.find((each) => each.key === key);
      if (counter === undefined) continue;
      const until = now + windowMs;
      const isTooLong = counter.windowEndsAt > until + CLOCK_SLACK_MS;
      if (isTooLong) await this.#run((run) => run(this.#one.cut, { ...windowOf(counter), until }), timeout);
      cut.push(isTooLong ? { ...counter, windowEndsAt: until } : counter);
    }
    return cut;
  }

  async #run<T>(
    operation: (run: Run) => Promise<T>,
    timeout: StorageTimeout,
    onLate?: (result: T) => Promise<void>,
  ): Promise<T> {
    return this.database.run(operation, timeout, { semaphore: this.#semaphore, ...(onLate && { onLate }) });
  }

  async #read(run: Run, values: StatementParameters, count: number): Promise<Counter[]> {
    const { rows } = await run(this.#statements(count).read, values);
    return rows.map(readCounter);
  }

  #statements(count: number): CountersStatements {
    const built = this.#many.get(count) ?? countersStatements(this.#table, count, this.#canReturn);
    this.#many.set(count, built);
    return built;
  }
}

function valuesOf({ key, max, windowMs, isEnforced }: Charge, now: number): StatementParameters {
  return { key, fullFrom: isEnforced ? max : null, windowEndsAt: now + windowMs };
}

function windowOf({ key, windowEndsAt }: CounterWindow): StatementParameters {
  return { key, windowEndsAt };
}

/** A database returns rows in any order. */
function inOrderOf(keys: readonly string[], counters: readonly Counter[]): Counter[] {
  return keys.flatMap((key) => counters.filter((counter) => counter.key === key));
}

/** Of counters that were charged, those that are enforced and were full before, as they were. */
function exceeded(counters: readonly Counter[], charges: readonly Charge[]): Counter[] {
  const limits = new Map(charges.filter(({ isEnforced }) => isEnforced).map(({ key, max }) => [key, max]));
  return counters
    .filter(({ key, used }) => used > (limits.get(key) ?? used))
    .map(({ key, used, windowEndsAt }) => ({ key, used: used - 1, windowEndsAt }));
}

function readCounter(row: Row): Counter {
  return {
    key: String(row['key']),
    used: Number(row['used']),
    windowEndsAt: Number(row['windowEndsAt']),
  };
}
