import { Semaphore } from '../common/semaphore.js';
import { StorageTimeout, systemClock } from '../common/time.js';
import {
  type Database,
  listParameters,
  type RowValues,
  type Row,
  type Run,
  withinStorageTimeout,
} from '../database/database.js';
import { GroupCommit } from '../common/group-commit.js';
import { describeTable } from '../database/sql-table.js';
import { isRefusedByServer } from '../database/storage-failures.js';
import { type Addition, ChargeGroup, type SendCharges } from './charge-group.js';
import { FullCounters } from './full-counters.js';
import {
  byKey,
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

/** How a group of sends is added to its counters. */
interface AddOptions {
  readonly now: number;
  readonly timeout: StorageTimeout;
  /** Handles counters that were added to after the time limit. */
  readonly onLate: (counters: readonly Counter[]) => Promise<void>;
}

/**
 * Stores the counters in the application's database. Sends that wait at the same time are charged together, so that under
 * load a statement serves many of them, and a counter that they share is locked once.
 *
 * A charge adds to its counters, and returns the counts that it made: no two sends have the same count of a counter. A send
 * whose count exceeds the limit is refunded and refused. Every send before it was accepted or is about to be refunded, so
 * at most `max` are accepted. Where this process knows a counter to be full, it reads the counters first, and adds to none
 * if one is still full: so a client that goes on costs one read for each send, and only the first refusal of each process
 * costs more.
 *
 * A send that is about to be refunded can make another one be refused, if they share a second counter that then is full.
 * Charges of one counter can differ in `max`: one with a higher `max` can be refused although it had room, if it counts
 * charges that are about to be refunded. Both take parallel charges, and pass.
 */
export class DatabaseLimitStore implements LimitStore {
  readonly #table: CounterTable;
  readonly #one: CounterStatements;
  readonly #many = new Map<number, CountersStatements>();
  readonly #groups: GroupCommit<SendCharges, ChargeOutcome>;
  readonly #full = new FullCounters();
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
    // Side by side, groups about one counter would charge it past its limit, only to refund it.
    this.#groups = new GroupCommit((sends) => this.#chargeGroup(sends), {
      keysOf: ({ charges }) => charges.map(({ key }) => key),
      canShareKeys: true,
      hasNoEffect: isRefusedByServer,
    });
  }

  async charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    if (charges.length === 0) return { isCharged: true, counters: [] };
    const { isCharged, counters } = await this.#chargeInTime({ charges, now }, timeout);
    if (!isCharged) return { isCharged, counters: await this.#cutAll(counters, charges, now, timeout) };
    this.#remember(counters, charges);
    const full = exceeded(counters, charges);
    if (full.length === 0) return { isCharged, counters };
    // With a time limit of its own: otherwise the charge of a request that has little time left would stay.
    await this.refund(counters, new StorageTimeout(this.timeoutMs));
    return { isCharged: false, counters: full };
  }

  async refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void> {
    if (charged.length === 0) return;
    const sorted = charged.toSorted(byKey);
    const { refund } = this.#statements(sorted.length);
    await this.#run((run) => run(refund, listParameters(sorted.map(windowOf))), timeout);
  }

  async read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    if (keys.length === 0) return [];
    return inOrderOf(keys, await this.#readOpen(keys, now, timeout));
  }

  async clear(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    if (keys.length === 0) return;
    const values = listParameters(keys.map((key) => ({ key })));
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

  /** Charges a send with its group. The charge of a request that ended meanwhile is refunded. */
  async #chargeInTime(send: SendCharges, timeout: StorageTimeout): Promise<ChargeOutcome> {
    return withinStorageTimeout(timeout, async (limit) => {
      const outcome = await this.#groups.add(send, limit);
      if (limit.isOver) await this.#refundLate([outcome]);
      limit.throwIfOver();
      return outcome;
    });
  }

  async #chargeGroup(sends: readonly SendCharges[]): Promise<readonly ChargeOutcome[]> {
    const timeout = new StorageTimeout(this.timeoutMs);
    const now = Math.max(...sends.map((send) => send.now));
    const group = await this.#admit(sends, now, timeout);
    const { additions } = group;
    const onLate = (counters: readonly Counter[]): Promise<void> => this.#refundLate(group.outcomes(counters));
    return group.outcomes(additions.length === 0 ? [] : await this.#add(additions, { now, timeout, onLate }));
  }

  /** Reads the counters only where they may refuse a send: a read costs as much as half of the charge. */
  async #admit(sends: readonly SendCharges[], now: number, timeout: StorageTimeout): Promise<ChargeGroup> {
    if (!sends.some((send) => this.#isKnownFull(send))) {
      const group = new ChargeGroup(sends, []);
      if (!group.refusesAny) return group;
    }
    const keys = new Set(sends.flatMap(({ charges }) => charges.map(({ key }) => key)));
    return new ChargeGroup(sends, await this.#readOpen([...keys], now, timeout));
  }

  #isKnownFull({ charges, now }: SendCharges): boolean {
    return charges.some((charge) => charge.isEnforced && this.#full.endOf(charge, now) !== undefined);
  }

  /** Remembers counters that have no room for another charge like these. */
  #remember(counters: readonly Counter[], charges: readonly Charge[]): void {
    for (const [index, { max, isEnforced }] of charges.entries()) {
      const counter = counters[index];
      if (isEnforced && counter !== undefined && counter.used >= max) this.#full.add(counter);
    }
  }

  /** Refunds charges that took effect after their requests had ended. */
  async #refundLate(outcomes: readonly ChargeOutcome[]): Promise<void> {
    const refunds = outcomes.map(async ({ isCharged, counters }) => {
      if (isCharged) await this.refund(counters, new StorageTimeout(this.timeoutMs));
    });
    await Promise.allSettled(refunds);
  }

  /** Adds to counters, full or not. @returns The counters after it. */
  async #add(additions: readonly Addition[], { now, timeout, onLate }: AddOptions): Promise<Counter[]> {
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

  async #run<T>(operation: (run: Run) => Promise<T>, timeout: StorageTimeout): Promise<T> {
    return this.database.run(operation, timeout, { semaphore: this.#semaphore });
  }

  async #readOpen(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<Counter[]> {
    const values = { ...listParameters(keys.map((key) => ({ key }))), now };
    const { rows } = await this.#run((run) => run(this.#statements(keys.length).read, values), timeout);
    return rows.map(readCounter);
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
