import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageUnavailableError } from '../../lib/index.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';
import { chargeOf, HOUR } from '../support/limit-stores.js';
import { type FreshRedis, freshRedis } from '../support/redis.js';
import { hasRedisServer, redisServers } from '../support/redis-servers.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const NOW = 1_764_000_000_123;
const TIMEOUT_MS = 300;
const NUMBER = '+14155552671';
const KEY = `perNumber:3600:${NUMBER}`;
const COUNTER = { key: KEY, windowEndsAt: NOW + HOUR };

describe('the limit store during an outage of Redis', () => {
  let redis: FreshRedis;
  let proxy: TcpProxy;
  let client: Redis;
  let store: TimedStore;

  beforeEach(async () => {
    redis = freshRedis();
    const proxied = await TcpProxy.inFrontOf(redis.connection.url);
    ({ proxy } = proxied);
    client = new Redis(proxied.url, { keyPrefix: redis.connection.keyPrefix });
    client.on('error', () => undefined);
    store = withTimeout(new RedisLimitStore(client, TIMEOUT_MS), TIMEOUT_MS);
    await store.charge([chargeOf(KEY)], NOW);
  });

  afterEach(async () => {
    client.disconnect();
    await proxy.stop();
    await redis.drop();
  });

  const operations: Record<string, () => Promise<unknown>> = {
    charge: () => store.charge([chargeOf(KEY)], NOW),
    refund: () => store.refund([COUNTER]),
    read: () => store.read([KEY], NOW),
    clear: () => store.clear([KEY]),
    readTime: () => store.readTime(),
  };

  /** Returns what an operation throws, and how long that takes. */
  async function failureOf(operation: () => Promise<unknown>): Promise<{ error: unknown; elapsed: number }> {
    const started = performance.now();
    const error: unknown = await operation().catch((thrown: unknown) => thrown);
    return { error, elapsed: performance.now() - started };
  }

  it.each(Object.entries(operations))(
    'throws from %s in time if the server refuses connections',
    async (_name, operation) => {
      await proxy.refuse();

      const { error, elapsed } = await failureOf(operation);

      expect(error).toBeInstanceOf(StorageUnavailableError);
      expect(error).toMatchObject({ message: 'Redis is not available.' });
      expect(elapsed).toBeLessThan(10 * TIMEOUT_MS);
    },
  );

  it.each(Object.entries(operations))(
    'throws from %s in time if the server does not respond',
    async (_name, operation) => {
      proxy.freeze();

      const { error, elapsed } = await failureOf(operation);

      expect(error).toBeInstanceOf(StorageUnavailableError);
      expect(error).toMatchObject({ code: 'storage_unavailable', cause: { name: 'TimeLimitError' } });
      expect(elapsed).toBeLessThan(10 * TIMEOUT_MS);
    },
  );

  it('charges again when Redis is back', async () => {
    const port = await proxy.refuse();
    await expect(store.read([KEY], NOW)).rejects.toThrow(StorageUnavailableError);

    await proxy.listen(port);
    const patient = withTimeout(new RedisLimitStore(client, 20_000), TIMEOUT_MS);

    expect(await patient.charge([chargeOf(KEY, { max: 9 })], NOW)).toMatchObject({ isCharged: true });
  });

  it('refunds a charge that waited in the queue of the client until Redis was back', async () => {
    const port = await proxy.refuse();
    await expect(store.charge([chargeOf(KEY, { max: 9 })], NOW)).rejects.toThrow(StorageUnavailableError);

    await proxy.listen(port);
    await vi.waitFor(async () => expect(String(await redis.keys())).toContain('refunded'), 10_000);

    expect(await withTimeout(new RedisLimitStore(redis.client, 5000), TIMEOUT_MS).read([KEY], NOW)).toMatchObject([
      { used: 1 },
    ]);
  });

  it('throws an error with the reason, but without a key or a number', async () => {
    await redis.client.set(`{phone-verify}:counted:${NUMBER}`, 'not a counter');

    const { error } = await failureOf(() => store.charge([chargeOf(KEY)], NOW));

    expect(error).toMatchObject({ cause: { message: expect.stringContaining('WRONGTYPE') } });
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [NUMBER, NUMBER.slice(1), KEY]) expect(text).not.toContain(secret);
  });
});

describe.runIf(hasRedisServer)('when Redis is gone for a client of node-redis', () => {
  let proxy: TcpProxy;
  let client: ReturnType<typeof createClient>;
  let store: TimedStore;

  beforeEach(async () => {
    const { server } = await redisServers();
    const proxied = await TcpProxy.inFrontOf(`redis://${server.host}:${server.port}`);
    ({ proxy } = proxied);
    client = createClient({ url: proxied.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.flushAll();
    store = withTimeout(new RedisLimitStore(client, TIMEOUT_MS), TIMEOUT_MS);
    await store.charge([chargeOf(KEY)], NOW);
  });

  afterEach(async () => {
    client.destroy();
    await proxy.stop();
  });

  it('a charge fails in time on a port where nobody listens', async () => {
    await proxy.refuse();

    await expect(store.charge([chargeOf(KEY)], NOW)).rejects.toThrow(StorageUnavailableError);
  });

  it('a charge fails in time on a server that says nothing', async () => {
    proxy.freeze();

    await expect(store.charge([chargeOf(KEY)], NOW)).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { name: 'TimeLimitError' },
    });
  });

  it('a charge that waited in the queue until it was back leaves nothing charged', async () => {
    const isNoticed = new Promise<void>((resolve) => void client.once('reconnecting', resolve));
    const port = await proxy.refuse();
    await isNoticed;
    await expect(store.charge([chargeOf(KEY, { max: 9 })], NOW)).rejects.toThrow(StorageUnavailableError);

    await proxy.listen(port);
    await vi.waitFor(async () => expect(String(await client.keys('*'))).toContain('refunded'), 10_000);

    expect(await withTimeout(new RedisLimitStore(client, 5000), 5000).read([KEY], NOW)).toMatchObject([{ used: 1 }]);
  });

  it('a charge on a server that has become a replica fails with the code by which clients notice that', async () => {
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    try {
      await expect(store.charge([chargeOf(KEY)], NOW)).rejects.toMatchObject({
        code: 'storage_unavailable',
        cause: { message: expect.stringMatching(/^READONLY/) },
      });
    } finally {
      await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    }
  });

  it('a client that the application did not connect fails as Redis that is gone, and the error says why', async () => {
    const closed = withTimeout(new RedisLimitStore(createClient(), TIMEOUT_MS), TIMEOUT_MS);

    await expect(closed.charge([chargeOf(KEY)], NOW)).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { message: 'The client is closed' },
    });
  });
});
