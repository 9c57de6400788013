import { randomUUID } from 'node:crypto';
import { StorageTimeout, systemClock, type TimeLimit } from '../common/time.js';
import { GroupCommit } from '../common/group-commit.js';
import type { SendCharges } from './charge-group.js';
import type { Charge, ChargeOutcome, Counter, CounterWindow, LimitStore, StoreTime } from './limit.store.js';
import type { RedisClient } from './redis-client.js';
import { CHARGE, CLEAR, FAILED, READ, REFUND, TIME } from './redis-limit.scripts.js';
import { readIntegers, RedisScripts, secretsOf, withinRedisTimeout } from './redis-scripts.js';

/** The outcome of a send of a group, or the server's error that concerns this send alone. */
type GroupedOutcome = ChargeOutcome | Error;

/** Longer than a client repeats a command that had no reply. */
const MARK_MS = 600_000;

/**
 * Keeps the counters in Redis. Each method is one script, and sends that are charged at the same time share one. A charge
 * that waited too long in the client's queue is refunded when it ran after all. One that is sent again because the client
 * lost the connection may count twice: never is too little counted.
 */
export class RedisLimitStore implements LimitStore {
  readonly #scripts: RedisScripts;
  readonly #groups: GroupCommit<SendCharges, GroupedOutcome>;

  constructor(
    client: RedisClient,
    private readonly timeoutMs: number,
  ) {
    this.#scripts = new RedisScripts(client);
    this.#groups = new GroupCommit((sends) => this.#chargeGroup(sends), {
      // The server runs one script after the other.
      keysOf: () => [],
      canShareKeys: true,
      // The script may have run although its reply is lost.
      hasNoEffect: () => false,
    });
  }

  async charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    const work = async (limit: TimeLimit): Promise<ChargeOutcome> => {
      const charged = await this.#groups.add({ charges, now }, limit);
      if (charged instanceof Error) throw charged;
      if (limit.isOver) await this.#refundLate([charged]);
      limit.throwIfOver();
      return charged;
    };
    const outcome = await withinRedisTimeout(timeout, work, () => secretsOf(charges.map(({ key }) => key)));
    if (outcome.isCharged) return outcome;
    const enforced = new Set(charges.filter(({ isEnforced }) => isEnforced).map(({ key }) => key));
    return { isCharged: false, counters: outcome.counters.filter(({ key }) => enforced.has(key)) };
  }

  async refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void> {
    const keys = [`refunded:${randomUUID()}`, ...charged.map(({ key }) => key)];
    const values = [MARK_MS, ...charged.map(({ windowEndsAt }) => windowEndsAt)];
    await this.#scripts.run({ script: REFUND, keys, values, parse: readIntegers }, timeout);
  }

  async read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    const parse = (reply: readonly string[]): readonly Counter[] => readCounters(readIntegers(reply), keys);
    return this.#scripts.run({ script: READ, keys, values: [now], parse }, timeout);
  }

  async clear(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    await this.#scripts.run({ script: CLEAR, keys, values: [], parse: readIntegers }, timeout);
  }

  async readTime(timeout: StorageTimeout): Promise<StoreTime> {
    const before = systemClock.now();
    const parse = (reply: readonly string[]): StoreTime => {
      const [seconds = 0, microseconds = 0] = readIntegers(reply);
      return { before, store: seconds * 1000 + Math.floor(microseconds / 1000), after: systemClock.now() };
    };
    return this.#scripts.run({ script: TIME, keys: ['time'], values: [], parse }, timeout);
  }

  /** Redis deletes them itself. */
  async deleteExpired(): Promise<boolean> {
    return false;
  }

  async #chargeGroup(sends: readonly SendCharges[]): Promise<readonly GroupedOutcome[]> {
    const keysOfSends = sends.map(({ charges }) => charges.map(({ key }) => key));
    const parse = (reply: readonly string[]): GroupedOutcome[] =>
      keysOfSends.map((keys, index) => readOutcome(reply[index] ?? '', keys));
    const onLate = (outcomes: readonly GroupedOutcome[]): Promise<void> => this.#refundLate(outcomes);
    return this.#scripts.run(
      { script: CHARGE, keys: keysOfSends.flat(), values: sends.map(numbersOf), parse, onLate },
      new StorageTimeout(this.timeoutMs),
    );
  }

  /** Refunds charges whose requests have ended. */
  async #refundLate(outcomes: readonly GroupedOutcome[]): Promise<void> {
    const refunds = outcomes.map(async (outcome) => {
      if (outcome instanceof Error || !outcome.isCharged) return;
      await this.refund(outcome.counters, new StorageTimeout(this.timeoutMs));
    });
    await Promise.allSettled(refunds);
  }
}

/** The numbers of a send's charges, as {@link CHARGE} takes them. */
function numbersOf({ charges, now }: SendCharges): string {
  const numbers = charges.map(({ max, windowMs, isEnforced }) => `${max} ${windowMs} ${isEnforced ? 1 : 0}`);
  return `${now} ${numbers.join(' ')}`;
}

/** @throws TypeError for anything but the integers of a charge. */
function readOutcome(text: string, keys: readonly string[]): GroupedOutcome {
  if (text.startsWith(FAILED)) return new Error(text.slice(FAILED.length));
  const [isCharged, ...counters] = readIntegers(text.split(' '));
  if (counters.length % 3 !== 0) throw new TypeError('The reply has no three integers for each counter.');
  return { isCharged: isCharged === 1, counters: readCounters(counters, keys) };
}

/** Three integers make a counter. */
function readCounters(integers: readonly number[], keys: readonly string[]): readonly Counter[] {
  const counters: Counter[] = [];
  for (let start = 0; start < integers.length; start += 3) {
    const key = keys[integers[start] ?? -1] ?? '';
    counters.push({ key, used: integers[start + 1] ?? 0, windowEndsAt: integers[start + 2] ?? 0 });
  }
  return counters;
}
