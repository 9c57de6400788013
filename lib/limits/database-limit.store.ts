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

/** The outcome of a charge, and whether it was refunded because it exceeded a limit. */
interface Attempt extends ChargeOutcome {
  readonly isRefunded: boolean;
}

/**
 * Stores the counters in the application's database. Sends that wait at the same time are charged together, so that under
 * load a statement serves many of them, and a counter that they share is locked once.
 *
 * A charge adds to its counters, and returns the counts that it made: no two sends have the same count of a counter. A send
 * whose count exceeds the limit is refunded. Every send before it was accepted or is about to be refunded, so at most `max`
 * are accepted. A charge that was refunded is tried once more, and one of a counter that this process knows to be full reads
 * the counters first, and adds to none if one is still full. So a client that goes on costs one read for each send.
 *
 * A charge that another process is about to refund can make a send be refused although there was room: one with which it
 * shares a second counter, or one with a higher `max` for the same counter.
 */
export class DatabaseLimitStore implements LimitStore {
  readonly #rows: CounterRows;
  readonly #groups: GroupCommit<SendCharges, Attempt>;
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
    const first = await this.#chargeInTime({ charges, now }, timeout);
    // The first attempt may have met charges of this process that were refunded like itself. The second one reads.
    const { isCharged, counters } = first.isRefunded ? await this.#chargeInTime({ charges, now }, timeout) : first;
    return { isCharged, counters: isCharged ? counters : await this.#cutAll(counters, charges, now, timeout) };
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
  async #chargeInTime(send: SendCharges, timeout: StorageTimeout): Promise<Attempt> {
    return withinStorageTimeout(timeout, async (limit) => {
      const attempt = await this.#groups.add(send, limit);
      if (limit.isOver) await this.#refundAll([attempt]);
      limit.throwIfOver();
      return attempt;
    });
  }

  async #chargeGroup(sends: readonly SendCharges[]): Promise<readonly Attempt[]> {
    const timeout = new StorageTimeout(this.timeoutMs);
    const now = Math.max(...sends.map((send) => send.now));
    const group = await this.#admit(sends, now, timeout);
    const { additions } = group;
    const onLate = (counters: readonly Counter[]): Promise<void> => this.#refundAll(group.outcomes(counters));
    const added = additions.length === 0 ? [] : await this.#rows.add(additions, { now, timeout, onLate });
    const outcomes = group.outcomes(added);
    return Promise.all(outcomes.map((outcome, index) => this.#complete(outcome, sends[index]?.charges ?? [])));
  }

  /** Reads the counters only where they may refuse a send: a read costs as much as half of the charge. */
  async #admit(sends: readonly SendCharges[], now: number, timeout: StorageTimeout): Promise<ChargeGroup> {
    if (!sends.some((send) => this.#isKnownFull(send))) {
      const group = new ChargeGroup(sends, []);
      if (!group.refusesAny) return group;
    }
    const keys = new Set(sends.flatMap(({ charges }) => charges.map(({ key }) => key)));
    const counters = await this.#rows.readOpen([...keys], now, timeout);
    for (const { charges } of sends) this.#note(charges, counters);
    return new ChargeGroup(sends, counters);
  }

  /** Refunds a charge that exceeded a limit, before the next group can meet it. */
  async #complete(outcome: ChargeOutcome, charges: readonly Charge[]): Promise<Attempt> {
    const full = outcome.isCharged ? exceeded(outcome.counters, charges) : [];
    if (full.length === 0) {
      if (outcome.isCharged) this.#note(charges, outcome.counters);
      return { ...outcome, isRefunded: false };
    }
    await this.#refundAll([outcome]);
    this.#note(charges, full);
    return { isCharged: false, counters: full, isRefunded: true };
  }

  #isKnownFull({ charges, now }: SendCharges): boolean {
    return charges.some((charge) => charge.isEnforced && this.#full.endOf(charge, now) !== undefined);
  }

  /** Remembers which counters have no room for another charge like these. */
  #note(charges: readonly Charge[], counters: readonly Counter[]): void {
    const byKey = new Map(counters.map((counter) => [counter.key, counter]));
    for (const charge of charges) if (charge.isEnforced) this.#full.note(charge, byKey.get(charge.key));
  }

  /** Refunds charges, with a time of its own: what their requests have left may be too little. A failure leaves them. */
  async #refundAll(outcomes: readonly ChargeOutcome[]): Promise<void> {
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
