import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Counter } from '../../lib/limits/limit.store.js';
import type { RedisClient } from '../../lib/limits/redis-client.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';
import { chargeOf, HOUR } from '../support/limit-stores.js';
import { type FreshRedis, freshRedis } from '../support/redis.js';

const NOW = 1_764_000_000_123;
const KEY = 'perNumber:3600:+14155552671';
const OTHER = 'perIp:3600:2001:db8:{1}::/64';

describe('the limit store in Redis', () => {
  let redis: FreshRedis;
  let store: TimedStore;

  beforeEach(() => {
    redis = freshRedis();
    store = withTimeout(new RedisLimitStore(redis.client, 5000), 5000);
  });

  afterEach(async () => {
    await redis.drop();
  });

  /** A client that forwards each command a number of times and records its name. */
  function recordingClient(times = 1): { client: RedisClient; commands: string[] } {
    const commands: string[] = [];
    const run =
      (command: 'evalsha' | 'eval') =>
      async (script: string, numberOfKeys: number, ...texts: string[]) => {
        commands.push(command);
        let reply: unknown;
        for (let time = 0; time < times; time++) reply = await redis.client[command](script, numberOfKeys, ...texts);
        return reply;
      };
    return { client: { evalsha: run('evalsha'), eval: run('eval') }, commands };
  }

  function window(windowEndsAt = NOW + HOUR): Pick<Counter, 'key' | 'windowEndsAt'> {
    return { key: KEY, windowEndsAt };
  }

  const operations: Record<string, (store: TimedStore) => Promise<unknown>> = {
    charge: (some) => some.charge([chargeOf(KEY), chargeOf(OTHER)], NOW),
    refund: (some) => some.refund([window(), { ...window(), key: OTHER }]),
    read: (some) => some.read([KEY, OTHER], NOW),
    clear: (some) => some.clear([KEY, OTHER]),
  };

  it.each(Object.entries(operations))('runs %s in one round trip', async (_name, operation) => {
    await operation(store);
    const { client, commands } = recordingClient();

    await operation(withTimeout(new RedisLimitStore(client, 5000), 5000));

    expect(commands).toEqual(['evalsha']);
  });

  it('keeps all counters of a number in one key, and those of each address in another', async () => {
    const keys = [KEY, 'perNumber:86400:+14155552671', 'own:perNumber:3600:+14155552671', OTHER];
    await store.charge(
      keys.map((key) => chargeOf(key)),
      NOW,
    );

    expect((await redis.keys()).toSorted()).toEqual([
      '{phone-verify}:counted:+14155552671',
      '{phone-verify}:counted:2001:db8:{1}::/64',
    ]);
    expect(await store.read(keys, NOW)).toEqual(keys.map((key) => ({ key, used: 1, windowEndsAt: NOW + HOUR })));

    await store.refund([window(), { ...window(), key: OTHER }]);
    expect((await store.read(keys, NOW)).map(({ key }) => key)).toEqual(keys.slice(1, 3));
    await store.clear(keys.slice(1));
    expect(await redis.keys()).toEqual([expect.stringContaining('refunded')]);
  });

  it('lets a counter end before the others of its number, which keep the key', async () => {
    const long = 'perNumber:86400:+14155552671';
    await store.charge([chargeOf(KEY, { windowMs: 60_000 }), chargeOf(long)], NOW);
    await store.charge([chargeOf(KEY, { windowMs: 60_000 })], NOW + 60_000);

    expect(await store.read([KEY, long], NOW + 60_000)).toEqual([
      { key: KEY, used: 1, windowEndsAt: NOW + 120_000 },
      { key: long, used: 1, windowEndsAt: NOW + HOUR },
    ]);
    expect(await lifetimes()).toEqual([HOUR - 60_000]);
  });

  it('refunds and clears counters in a key whose expiry an operator removed, and keeps the others', async () => {
    const long = 'perNumber:86400:+14155552671';
    await store.charge([chargeOf(KEY), chargeOf(long)], NOW);
    await store.charge([chargeOf(KEY), chargeOf(long)], NOW);
    await redis.client.persist('{phone-verify}:counted:+14155552671');

    await store.refund([window()]);
    expect(await store.read([KEY, long], NOW)).toMatchObject([{ used: 1 }, { used: 2 }]);
    await store.clear([KEY]);
    expect(await redis.client.pttl('{phone-verify}:counted:+14155552671')).toBe(-1);
    expect(await store.read([KEY, long], NOW)).toMatchObject([{ key: long, used: 2 }]);
  });

  it('fails a charge of a key that has no counters', async () => {
    await redis.client.set('{phone-verify}:counted:+14155552671', 'not a counter');

    await expect(store.charge([chargeOf(OTHER), chargeOf(KEY)], NOW)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('WRONGTYPE') },
    });
    expect(await store.read([OTHER], NOW)).toEqual([]);
  });

  it('replaces a key of another type, such as a counter of an earlier version', async () => {
    await redis.client.hset('{phone-verify}:counted:+14155552671', { used: 5, ends: NOW + HOUR });

    expect(await store.charge([chargeOf(KEY)], NOW)).toMatchObject({ isCharged: true, counters: [{ used: 1 }] });
    expect(await store.read([KEY], NOW)).toEqual([{ key: KEY, used: 1, windowEndsAt: NOW + HOUR }]);
  });

  it('leaves the deletion of expired counters to Redis', async () => {
    const { client, commands } = recordingClient();

    expect(await withTimeout(new RedisLimitStore(client, 5000), 5000).deleteExpired(NOW)).toBe(false);
    expect(commands).toEqual([]);
  });

  it.each(Object.entries(operations))(
    'sends the script of %s if the server does not have it',
    async (_name, operation) => {
      await store.charge([chargeOf(KEY), chargeOf(OTHER)], NOW);
      const expected = await operation(store);
      await store.clear([KEY, OTHER]);
      await store.charge([chargeOf(KEY), chargeOf(OTHER)], NOW);
      await redis.client.script('FLUSH');
      const { client, commands } = recordingClient();

      expect(await operation(withTimeout(new RedisLimitStore(client, 5000), 5000))).toEqual(expected);
      expect(commands).toEqual(['evalsha', 'eval']);
    },
  );

  it('expires each key soon after its window ends', async () => {
    await store.charge([chargeOf(KEY), chargeOf(OTHER, { windowMs: 60_000 })], NOW);
    await store.charge([chargeOf(KEY, { max: 9 })], NOW + 1_000_000);

    expect(await lifetimes()).toEqual([60_000, HOUR - 1_000_000]);
  });

  it('expires a key with its window even if the counter is full and the clock went back', async () => {
    await store.charge([chargeOf(KEY, { max: 1, windowMs: 24 * HOUR })], NOW);
    await store.charge([chargeOf(KEY, { max: 1 })], NOW - HOUR);

    expect(await lifetimes()).toEqual([HOUR]);
  });

  it('never leaves a key without an expiry', async () => {
    for (const [name, operation] of Object.entries(operations)) {
      await store.charge([chargeOf(KEY, { max: 99 }), chargeOf(OTHER, { max: 99 })], NOW);
      await operation(store);
      expect([name, Math.min(...(await lifetimes()))]).toEqual([name, expect.toSatisfy((left) => left > 0)]);
    }
  });

  it('keeps all keys in one slot of a cluster, whatever they contain', async () => {
    for (const operation of Object.values(operations)) await operation(store);
    await store.charge([chargeOf(KEY), chargeOf(OTHER)], NOW);

    expect(slotOf('123456789')).toBe(12_739);
    const keys = await redis.keys();
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys.map(slotOf))).toEqual(new Set([slotOf('phone-verify')]));
  });

  it('stores every digit of an instant', async () => {
    const late = 8_640_000_000_000_000 - HOUR;
    await store.charge([chargeOf(KEY, { windowMs: HOUR - 1 })], late);

    expect(await store.read([KEY], late)).toEqual([{ key: KEY, used: 1, windowEndsAt: late + HOUR - 1 }]);
  });

  it('refunds once if a client sends the command twice, such as after a lost connection', async () => {
    for (let time = 0; time < 3; time++) await store.charge([chargeOf(KEY, { max: 3 })], NOW);

    await withTimeout(new RedisLimitStore(recordingClient(2).client, 5000)).refund([window()]);

    expect(await store.read([KEY], NOW)).toMatchObject([{ used: 2 }]);
  });

  /** The remaining lifetimes of all keys in ascending order, rounded up to ten seconds to allow for the time of the test. */
  async function lifetimes(): Promise<number[]> {
    const left = await Promise.all((await redis.keys()).map((key) => redis.client.pttl(key)));
    return left.toSorted((one, other) => one - other).map((milliseconds) => Math.ceil(milliseconds / 10_000) * 10_000);
  }
});

/** The hash slot of a key in a cluster: CRC16 of the text in the first braces. */
function slotOf(key: string): number {
  const [, tag = key] = /\{([^}]+)\}/.exec(key) ?? [];
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return (crc & 0xffff) % 16_384;
}
