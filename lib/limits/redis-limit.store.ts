import { randomUUID } from 'node:crypto';
import { StorageTimeout } from '../common/storage-timeout.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { redactedCause } from '../verification/redaction.js';
import { isThrown } from '../verification/thrown.js';
import type { Charge, ChargeOutcome, Counter, LimitStore } from './limit.store.js';
import type { RedisClient } from './redis-client.js';
import { BLOCK, CHARGE, CLEAR, COUNT_VERIFIED, REFUND, READ, type RedisScript } from './redis-limit.scripts.js';

/** In braces, so that a cluster keeps all counters on one node, where a script can reach them together. */
const KEY_PREFIX = '{phone-verify}:';

/** Longer than a client goes on sending again what it had no reply to. */
const MARK_MS = 600_000;

/**
 * Keeps the counters in Redis. Each method is one script, so one round trip, and one more where the server does not have
 * the script yet. A charge that waited too long in the client's queue is refunded when it ran after all. One that the
 * client sends again because it lost the connection may count twice: never is too little counted.
 */
export class RedisLimitStore implements LimitStore {
  constructor(
    private readonly client: RedisClient,
    private readonly timeoutMs: number,
  ) {}

  async charge(charges: readonly Charge[], now: number, timeout: StorageTimeout): Promise<ChargeOutcome> {
    const keys = charges.map(({ key }) => key);
    const values = charges.flatMap(({ max, minimumVerified, windowMs, isEnforced }) => [
      max,
      minimumVerified,
      windowMs,
      isEnforced ? 1 : 0,
    ]);
    const reply = await this.#run(CHARGE, keys, [now, ...values], timeout, async (late) => {
      const { isCharged, counters } = readOutcome(late, keys);
      if (isCharged) await this.refund(counters, new StorageTimeout(this.timeoutMs));
    });
    const outcome = readOutcome(reply, keys);
    if (outcome.isCharged) return outcome;
    const enforced = new Set(charges.filter(({ isEnforced }) => isEnforced).map(({ key }) => key));
    return { isCharged: false, counters: outcome.counters.filter(({ key }) => enforced.has(key)) };
  }

  async refund(charged: readonly Pick<Counter, 'key' | 'windowEndsAt'>[], timeout: StorageTimeout): Promise<void> {
    const keys = [`refunded:${randomUUID()}`, ...charged.map(({ key }) => key)];
    await this.#run(REFUND, keys, [MARK_MS, ...charged.map(({ windowEndsAt }) => windowEndsAt)], timeout);
  }

  async block(
    { key, windowEndsAt }: Pick<Counter, 'key' | 'windowEndsAt'>,
    until: number,
    timeout: StorageTimeout,
  ): Promise<void> {
    await this.#run(BLOCK, [key], [windowEndsAt, until], timeout);
  }

  async countVerified(key: string, now: number, timeout: StorageTimeout): Promise<void> {
    await this.#run(COUNT_VERIFIED, [key], [now], timeout);
  }

  async read(keys: readonly string[], now: number, timeout: StorageTimeout): Promise<readonly Counter[]> {
    return readCounters(await this.#run(READ, keys, [now], timeout), keys);
  }

  async clear(keys: readonly string[], timeout: StorageTimeout): Promise<void> {
    await this.#run(CLEAR, keys, [], timeout);
  }

  /** Redis deletes them itself. */
  async deleteExpired(): Promise<boolean> {
    return false;
  }

  /** @param whenLate - What to do about a reply that comes when the time is over. */
  async #run(
    script: RedisScript,
    keys: readonly string[],
    values: readonly number[],
    timeout: StorageTimeout,
    whenLate?: (reply: readonly number[]) => Promise<void>,
  ): Promise<readonly number[]> {
    const texts = [...keys.map((key) => KEY_PREFIX + key), ...values.map(String)];
    try {
      return await timeout.run(async (signal) => {
        const reply = readIntegers(await this.#evaluate(script, keys.length, texts, signal));
        if (signal.aborted) await whenLate?.(reply);
        return reply;
      });
    } catch (thrown) {
      const cause = redactedCause(thrown, { hidden: keys.flatMap((key) => [key, subjectOf(key)]) });
      throw new StorageUnavailableError({ storage: 'limit store', cause });
    }
  }

  async #evaluate(
    { sha1, text }: RedisScript,
    numberOfKeys: number,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<unknown> {
    try {
      return await this.client.evalsha(sha1, numberOfKeys, ...texts);
    } catch (thrown) {
      if (!isThrown(thrown, Error) || !thrown.message.startsWith('NOSCRIPT')) throw thrown;
      // What comes too late is not run: it would count after the answer was given.
      signal.throwIfAborted();
      return this.client.eval(text, numberOfKeys, ...texts);
    }
  }
}

/** Whose counter it is: what follows the rule and the length of its window. */
function subjectOf(key: string): string {
  return key.split(':').slice(2).join(':');
}

/**
 * Integers come as text from a client that was told so.
 *
 * @throws TypeError for what the scripts never reply.
 */
function readIntegers(reply: unknown): readonly number[] {
  const integers = [reply].flat().map((value) => Number.parseInt(String(value), 10));
  if (!integers.every(Number.isSafeInteger)) throw new TypeError('The reply is not made of integers.');
  return integers;
}

function readOutcome([isCharged, ...counters]: readonly number[], keys: readonly string[]): ChargeOutcome {
  return { isCharged: isCharged === 1, counters: readCounters(counters, keys) };
}

/** Four integers make a counter. */
function readCounters(integers: readonly number[], keys: readonly string[]): readonly Counter[] {
  const counters: Counter[] = [];
  for (let start = 0; start < integers.length; start += 4) {
    const [index = 0, used = 0, verified = 0, windowEndsAt = 0] = integers.slice(start, start + 4);
    counters.push({ key: keys[index] ?? '', used, verified, windowEndsAt });
  }
  return counters;
}
