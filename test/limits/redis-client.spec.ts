import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { StorageUnavailableError } from '../../lib/index.js';
import type { IoRedisClient } from '../../lib/limits/redis-client.js';
import { withTimeout } from '../support/timed-store.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { chargeOf } from '../support/limit-stores.js';

const NOW = 1_764_000_000_123;
const NUMBER = '+14155552671';
const ADDRESS = '2001:db8:1:2::/64';

describe('the limit store on a faulty Redis client', () => {
  function storeOn(evalsha: IoRedisClient['evalsha'], timeoutMs = 5000) {
    const run = vi.fn<IoRedisClient['eval']>(async () => [1]);
    return { store: withTimeout(new RedisLimitStore({ evalsha, eval: run }, timeoutMs), timeoutMs), run };
  }

  it.each([[undefined], [null], ['OK'], [{}], [`1 0 many ${NOW}`], [`1 0 1 ${2 ** 60}`], ['1 0 1']])(
    'rejects a charge if the reply is %o',
    async (reply) => {
      const { store } = storeOn(async () => reply);

      await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    },
  );

  it('treats a synchronous exception like a rejection', async () => {
    const { store } = storeOn(() => {
      throw new Error('at once');
    });

    await expect(store.read(['key'], NOW)).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { message: 'at once' },
    });
  });

  it('redacts numbers and addresses in an error that repeats the keys', async () => {
    const { store } = storeOn(async (_sha1, _count, ...texts) => {
      throw Object.assign(new Error(`ERR near ${texts.join(' ')} of ${NUMBER} from ${ADDRESS}`), { texts });
    });
    const keys = [`perNumber:3600:${NUMBER}`, `perIp:60:${ADDRESS}`];

    const error: unknown = await store.clear(keys).catch((thrown: unknown) => thrown);

    const text = inspect(error, { depth: 10, showHidden: true });
    expect(text).toContain('ERR near');
    for (const secret of [NUMBER.slice(1), ADDRESS, '2001:db8']) expect(text).not.toContain(secret);
  });

  it('does not run the script if NOSCRIPT arrives after the time limit', async () => {
    const late = deferred();
    const { store, run } = storeOn(() => late.promise, 20);

    await expect(store.read(['key'], NOW)).rejects.toThrow(StorageUnavailableError);
    late.reject(new Error('NOSCRIPT No matching script. Please use EVAL.'));
    await nextTurn();

    expect(run).not.toHaveBeenCalled();
  });

  it.each([
    { outcome: 'charged', reply: `1 0 1 ${NOW}`, given: ['key', NOW] },
    { outcome: 'refused', reply: `0 0 1 ${NOW}`, given: undefined },
  ])('leaves nothing charged if the reply "$outcome" arrives after the time limit', async ({ reply, given }) => {
    const late = deferred();
    const evalsha = vi.fn<IoRedisClient['evalsha']>(async () => 1).mockReturnValueOnce(late.promise);
    const { store } = storeOn(evalsha, 20);

    await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    late.resolve(reply);
    await nextTurn();

    const [, , , key, , windowEndsAt] = evalsha.mock.calls[1] ?? [];
    expect(given).toEqual(key && [String(key).replace('{phone-verify}:', ''), Number(windowEndsAt)]);
  });

  it('causes no unhandled rejection if the refund of a late charge fails too', async () => {
    const late = deferred();
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    const evalsha = vi
      .fn<IoRedisClient['evalsha']>()
      .mockReturnValueOnce(late.promise)
      .mockRejectedValue(new Error('gone'));
    const { store } = storeOn(evalsha, 20);

    await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    late.resolve(`1 0 1 ${NOW}`);
    await nextTurn();

    expect(evalsha).toHaveBeenCalledTimes(2);
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });

  it('refunds each late charge of a group, whatever becomes of the others', async () => {
    const late = deferred();
    const evalsha = vi
      .fn<IoRedisClient['evalsha']>(async () => 1)
      .mockReturnValueOnce(late.promise)
      .mockRejectedValueOnce(new Error('gone'));
    const { store } = storeOn(evalsha, 20);

    const charges = ['one', 'two', 'three'].map((key) => store.charge([chargeOf(key)], NOW));
    for (const charge of charges) await expect(charge).rejects.toThrow(StorageUnavailableError);
    late.resolve([`1 0 1 ${NOW}`, `1 0 1 ${NOW}`, `0 0 1 ${NOW}`]);
    await nextTurn();

    expect(evalsha.mock.calls.slice(1).map((call) => call[3])).toEqual(['{phone-verify}:one', '{phone-verify}:two']);
  });

  it('refunds a charge whose request has less time than its group', async () => {
    const late = deferred();
    const evalsha = vi.fn<IoRedisClient['evalsha']>(async () => 1).mockReturnValueOnce(late.promise);
    const client = { evalsha, eval: async () => 1 };
    const store = withTimeout(new RedisLimitStore(client, 20_000), 20);

    await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    late.resolve([`1 0 1 ${NOW}`]);
    await nextTurn();

    expect(evalsha.mock.calls[1]?.[3]).toBe('{phone-verify}:key');
  });

  it.each([new Error('READONLY You cannot write'), 'NOSCRIPT'])(
    'does not run the script after the error %o',
    async (thrown) => {
      const { store, run } = storeOn(() => Promise.reject(thrown));

      await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
      expect(run).not.toHaveBeenCalled();
    },
  );
});

interface Deferred {
  readonly promise: Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

function deferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
