import { randomUUID } from 'node:crypto';
import { StorageTimeout, systemClock } from '../common/time.js';
import type { Charge, ChargeOutcome, Counter, CounterWindow, LimitStore, StoreTime } from './limit.store.js';
import type { RedisClient } from './redis-client.js';
import { CHARGE, CLEAR, READ, REFUND, TIME } from './redis-limit.scripts.js';
import { readIntegers, RedisScripts } from './redis-scripts.js';

/** Longer than a client repeats a command that had no reply. */
const MARK_MS = 600_000;

/**
 * Keeps the counters in Redis. Each method is one script. A charge that waited too long in the client's queue is refunded
 * when it ran after all. One that the client sends again because it lost the connection may count twice: never is too
 * little counted.
 */
export class RedisLimitStore implements LimitStore {
  readonly #scripts: RedisScripts;

  constructor(
    client: RedisClient,
    private readonly timeoutMs: number,
  ) {
    this.#scripts = new RedisScripts(client);
  }

  async charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    const keys = charges.map(({ key }) => key);
    const numbers = charges.map(({ max, windowMs, isEnforced }) => `${max} ${windowMs} ${isEnforced ? 1 : 0}`);
    const refundLate = async ({ isCharged, counters }: ChargeOutcome): Promise<void> => {
      if (isCharged) await this.refund(counters, new StorageTimeout(this.timeoutMs));
    };
    const parse = (reply: readonly string[]): ChargeOutcome => readOutcome(reply, keys);
    const outcome = await this.#scripts.run(
      { script: CHARGE, keys, values: [`${now} ${numbers.join(' ')}`], parse, onLate: refundLate },
      timeout,
    );
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
}

/** @throws TypeError for anything but the integers of a charge. */
function readOutcome(reply: readonly string[], keys: readonly string[]): ChargeOutcome {
  const [isCharged, ...counters] = readIntegers(reply.join(' ').split(' '));
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
