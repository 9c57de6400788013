import { randomUUID } from 'node:crypto';
import { StorageTimeout, systemClock } from '../common/time.js';
import type { Charge, ChargeOutcome, Counter, CounterWindow, LimitStore, StoreTime } from './limit.store.js';
import type { RedisClient } from './redis-client.js';
import { placesOf } from './redis-counter-places.js';
import { CHARGE, CLEAR, READ, REFUND, TIME } from './redis-limit.scripts.js';
import { readIntegers, RedisScripts } from './redis-scripts.js';

/** Longer than a client repeats a command that had no reply. */
const MARK_MS = 600_000;

/**
 * Keeps the counters in Redis. Each method is one script. A charge that waited too long in the client's queue is refunded when
 * it ran after all. One that is sent again because the client lost the connection may count twice: never is too little counted.
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
    const counters = charges.map(({ key }) => key);
    const { keys, places } = placesOf(counters);
    const texts = charges.map(({ max, windowMs, isEnforced }, index) => {
      return `${places[index]} ${max} ${windowMs} ${isEnforced ? 1 : 0}`;
    });
    const parse = ([reply = '']: readonly string[]): ChargeOutcome => readOutcome(reply, counters);
    const onLate = async (outcome: ChargeOutcome): Promise<void> => {
      if (outcome.isCharged) await this.refund(outcome.counters, new StorageTimeout(this.timeoutMs));
    };
    const run = { script: CHARGE, keys, values: [now, texts.join(' ')], parse, onLate };
    const outcome = await this.#scripts.run(run, timeout);
    if (outcome.isCharged) return outcome;
    const enforced = new Set(charges.filter(({ isEnforced }) => isEnforced).map(({ key }) => key));
    return { isCharged: false, counters: outcome.counters.filter(({ key }) => enforced.has(key)) };
  }

  async refund(charged: readonly CounterWindow[], timeout: StorageTimeout): Promise<void> {
    const { keys, places } = placesOf(charged.map(({ key }) => key));
    const windows = charged.map(({ windowEndsAt }, index) => `${places[index]} ${windowEndsAt}`);
    const run = { script: REFUND, keys: [`refunded:${randomUUID()}`, ...keys], values: [MARK_MS, ...windows] };
    await this.#scripts.run({ ...run, parse: readIntegers }, timeout);
  }

  async read(counters: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    const { keys, places } = placesOf(counters);
    const parse = (reply: readonly string[]): readonly Counter[] => readCounters(readIntegers(reply), counters);
    return this.#scripts.run({ script: READ, keys, values: [now, ...places], parse }, timeout);
  }

  async clear(counters: readonly string[], timeout: StorageTimeout): Promise<void> {
    const { keys, places } = placesOf(counters);
    await this.#scripts.run({ script: CLEAR, keys, values: places, parse: readIntegers }, timeout);
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
function readOutcome(text: string, keys: readonly string[]): ChargeOutcome {
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
