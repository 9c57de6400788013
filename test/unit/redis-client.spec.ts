import { Cluster, Redis } from 'ioredis';
import { expect, it } from 'vitest';
import type { RedisClient } from '../../lib/index.js';
import { readLimits } from '../../lib/limits/limit-readers.js';
import { OptionReader } from '../../lib/common/option-reader.js';

it('a client of ioredis, of one server or of a cluster, can be given as it is', () => {
  const clients: RedisClient[] = [
    new Redis({ lazyConnect: true }),
    new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true }),
  ];
  for (const redis of clients) {
    const faults: string[] = [];

    const { store } = readLimits(new OptionReader({ limits: { store: { redis } } }, faults));

    expect(faults).toEqual([]);
    expect(typeof store === 'object' && store.redis).toBe(redis);
  }
});
