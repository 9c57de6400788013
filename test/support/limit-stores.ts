import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Charge } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { type TimedStore, withTimeout } from './timed-store.js';
import { databaseStoreKinds, startDatabaseStore } from './database-limit-store.js';
import { deleteKeys, freshRedis, redisUrl } from './redis.js';
import { redisClientKinds } from './redis-clients.js';

export const HOUR = 3_600_000;

/** Longer than any test, so that no call times out. */
const TIMEOUT_MS = 20_000;

/** A kind of limit store. */
export interface LimitStoreFactory {
  readonly name: string;
  /** Whether counters of ended windows are deleted without `deleteExpired`. */
  readonly expiresByItself: boolean;
  /** Opens a store, which may contain counters of other tests. */
  open(): Promise<{ readonly store: TimedStore; close(): Promise<void> }>;
}

/** The stores that are available in this run. */
export const limitStores: readonly LimitStoreFactory[] = [
  {
    name: 'memory',
    expiresByItself: false,
    open: async () => ({ store: withTimeout(new MemoryLimitStore()), close: async () => undefined }),
  },
  ...databaseStoreKinds.map((kind) => ({
    name: kind,
    expiresByItself: false,
    open: () => startDatabaseStore(kind),
  })),
  ...(redisUrl === undefined ? [] : redisStores(redisUrl)),
  ...redisClientKinds.map(({ name, open }) => ({
    name: `redis by ${name}`,
    expiresByItself: true,
    open: async () => {
      const { client, close } = await open();
      return { store: withTimeout(new RedisLimitStore(client, TIMEOUT_MS)), close };
    },
  })),
];

function redisStores(url: string): LimitStoreFactory[] {
  return [
    {
      name: 'redis',
      expiresByItself: true,
      open: async () => {
        const client = new Redis(url);
        const close = async (): Promise<void> => {
          await deleteKeys(client, '{phone-verify}:refunded:*');
          await client.quit();
        };
        return { store: withTimeout(new RedisLimitStore(client, TIMEOUT_MS)), close };
      },
    },
    {
      name: 'redis with a key prefix, automatic pipelines and numbers as text',
      expiresByItself: true,
      open: async () => {
        const { client, drop } = freshRedis({ enableAutoPipelining: true, stringNumbers: true });
        return { store: withTimeout(new RedisLimitStore(client, TIMEOUT_MS)), close: drop };
      },
    },
  ];
}

/** A store that one test file uses. */
export interface OpenLimitStore {
  readonly store: TimedStore;
  /** Returns a new, unique key. */
  key(): string;
  /** Clears the counters of its keys. */
  close(): Promise<void>;
}

/** Opens a store, and clears the counters of the test when it is closed. */
export async function openLimitStore(factory: LimitStoreFactory): Promise<OpenLimitStore> {
  const { store, close } = await factory.open();
  const keys: string[] = [];
  return {
    store,
    key: () => {
      const key = `perNumber:3600:${randomUUID()}`;
      keys.push(key);
      return key;
    },
    close: async () => {
      await store.clear(keys);
      await close();
    },
  };
}

/** The charge of one send to a counter. By default the limit is two an hour. */
export function chargeOf(key: string, charge: Partial<Charge> = {}): Charge {
  return { key, max: 2, windowMs: HOUR, isEnforced: true, ...charge };
}

/** Runs charges in parallel. Returns how many succeeded. */
export async function countCharged(
  store: TimedStore,
  charges: readonly (readonly Charge[])[],
  now: number,
): Promise<number> {
  const outcomes = await Promise.all(charges.map((charge) => store.charge(charge, now)));
  return outcomes.filter(({ isCharged }) => isCharged).length;
}
