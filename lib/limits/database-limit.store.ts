import { GroupCommit } from '../common/group-commit.js';
import { StorageTimeout } from '../common/time.js';
import { type Database, withinStorageTimeout } from '../database/database.js';
import { isRefusedByServer } from '../database/storage-failures.js';
import { ChargeGroup, type SendCharges } from './charge-group.js';
import { CounterRows } from './counter-rows.js';
import { FullCounters } from './full-counters.js';
import {
  CLOCK_SLACK_MS,
  type Charge,
  type ChargeOutcome,
  type Counter,
  type CounterWindow,
  type LimitStore,
  type StoreTime,
} from './limit.store.js';

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
  readonly #rows: CounterRows;
  readonly #groups: GroupCommit<SendCharges, ChargeOutcome>;
  readonly #full = new FullCounters();

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(
    database: Database,
    private readonly timeoutMs: number,
  ) {
    this.#rows = new CounterRows(database);
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
    if (charged.length > 0) await this.#rows.subtract(charged, timeout);
  }

  async read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    if (keys.length === 0) return [];
    return inOrderOf(keys, await this.#rows.readOpen(keys, now, timeout));
  }

  async clear(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    if (keys.length > 0) await this.#rows.delete(keys, timeout);
  }

  async readTime(timeout: StorageTimeout): Promise<StoreTime | undefined> {
    return this.#rows.readTime(timeout);
  }

  async deleteExpired(now: number, timeout: StorageTimeout): Promise<boolean> {
    return this.#rows.deleteExpired(now, timeout);
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
    return group.outcomes(additions.length === 0 ? [] : await this.#rows.add(additions, { now, timeout, onLate }));
  }

  /** Reads the counters only where they may refuse a send: a read costs as much as half of the charge. */
  async #admit(sends: readonly SendCharges[], now: number, timeout: StorageTimeout): Promise<ChargeGroup> {
    if (!sends.some((send) => this.#isKnownFull(send))) {
      const group = new ChargeGroup(sends, []);
      if (!group.refusesAny) return group;
    }
    const keys = new Set(sends.flatMap(({ charges }) => charges.map(({ key }) => key)));
    return new ChargeGroup(sends, await this.#rows.readOpen([...keys], now, timeout));
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
      if (isTooLong) await this.#rows.cut(counter, until, timeout);
      cut.push(isTooLong ? { ...counter, windowEndsAt: until } : counter);
    }
    return cut;
  }
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
