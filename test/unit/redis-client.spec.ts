import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { describe, expect, it } from 'vitest';
import type { RedisClient } from '../../lib/index.js';
import { readLimits } from '../../lib/limits/limit-readers.js';
import { OptionReader } from '../../lib/common/option-reader.js';

const UNREACHABLE = { host: '127.0.0.1', port: 1 };

/** Every client of which the documentation says that it can be given, as the types of its package declare it. */
const CLIENTS: readonly (readonly [name: string, client: RedisClient])[] = [
  ['ioredis', new Redis({ lazyConnect: true })],
  ['an ioredis cluster', new Cluster([UNREACHABLE], { lazyConnect: true })],
  ['ioredis through Sentinel', new Redis({ lazyConnect: true, sentinels: [UNREACHABLE], name: 'limits' })],
  ['node-redis', createClient()],
  ['a node-redis pool', createClientPool()],
  ['a node-redis cluster', createCluster({ rootNodes: [{ socket: UNREACHABLE }] })],
  ['node-redis through Sentinel', createSentinel({ name: 'limits', sentinelRootNodes: [UNREACHABLE] })],
];

describe('limits.store.redis', () => {
  it.each(CLIENTS)('accepts %s as it is', (_name, redis) => {
    const faults: string[] = [];

    const { store } = readLimits(new OptionReader({ limits: { store: { redis } } }, faults));

    expect(faults).toEqual([]);
    expect(typeof store === 'object' && store.redis).toBe(redis);
  });
});
