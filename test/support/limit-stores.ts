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

/** Longer than any test: of a store that must not give up. */
const TIMEOUT_MS = 20_000;

/** A way to keep counters. */
export interface LimitStoreFactory {
  readonly name: string;
  /** Whether what is over goes away without `deleteExpired`. */
  readonly forgetsByItself: boolean;
  /** A store, which may have counters of other tests in it. */
  open(): Promise<{ readonly store: TimedStore; close(): Promise<void> }>;
}

/** The stores that this run has. */
export const limitStores: readonly LimitStoreFactory[] = [
  {
    name: 'memory',
    forgetsByItself: false,
    open: async () => ({ store: withTimeout(new MemoryLimitStore()), close: async () => undefined }),
  },
  ...databaseStoreKinds.map((kind) => ({
    name: kind,
    forgetsByItself: false,
    open: () => startDatabaseStore(kind),
  })),
  ...(redisUrl === undefined ? [] : redisStores(redisUrl)),
  ...redisClientKinds.map(({ name, open }) => ({
    name: `redis by ${name}`,
    forgetsByItself: true,
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
      forgetsByItself: true,
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
      forgetsByItself: true,
      open: async () => {
        const { client, drop } = freshRedis({ enableAutoPipelining: true, stringNumbers: true });
        return { store: withTimeout(new RedisLimitStore(client, TIMEOUT_MS)), close: drop };
      },
    },
  ];
}

/** A store in use by one test file. */
export interface OpenLimitStore {
  readonly store: TimedStore;
  /** A key that nobody else has. */
  key(): string;
  /** Forgets what was counted under its keys. */
  close(): Promise<void>;
}

/** Opens a store, and keeps track of what a test leaves in it. */
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

/** What one send charges to a counter: a plain limit of two an hour, unless told otherwise. */
export function chargeOf(key: string, charge: Partial<Charge> = {}): Charge {
  return { key, max: 2, windowMs: HOUR, isEnforced: true, ...charge };
}

/** How many of many charges at once were taken. */
export async function countTaken(
  store: TimedStore,
  charges: readonly (readonly Charge[])[],
  now: number,
): Promise<number> {
  const outcomes = await Promise.all(charges.map((charge) => store.charge(charge, now)));
  return outcomes.filter(({ isCharged }) => isCharged).length;
}
