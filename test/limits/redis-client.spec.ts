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
    { outcome: 'charged', reply: `1 0 1 ${NOW}`, given: ['{phone-verify}:counted:key', `1  ${NOW}`] },
    { outcome: 'refused', reply: `0 0 1 ${NOW}`, given: undefined },
  ])('leaves nothing charged if the reply "$outcome" arrives after the time limit', async ({ reply, given }) => {
    const late = deferred();
    const evalsha = vi.fn<IoRedisClient['evalsha']>(async () => 1).mockReturnValueOnce(late.promise);
    const { store } = storeOn(evalsha, 20);

    await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    late.resolve(reply);
    await nextTurn();

    const [, , , key, , window] = evalsha.mock.calls[1] ?? [];
    expect(key && [key, window]).toEqual(given);
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

  it('refunds a late charge with the time of the store, not with what its request has left', async () => {
    const late = deferred();
    const evalsha = vi.fn<IoRedisClient['evalsha']>(async () => 1).mockReturnValueOnce(late.promise);
    const client = { evalsha, eval: async () => 1 };
    const store = withTimeout(new RedisLimitStore(client, 20_000), 20);

    await expect(store.charge([chargeOf('key')], NOW)).rejects.toThrow(StorageUnavailableError);
    late.resolve(`1 0 1 ${NOW}`);
    await nextTurn();

    expect(evalsha).toHaveBeenCalledTimes(2);
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
