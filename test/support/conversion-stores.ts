import { StorageTimeout } from '../../lib/common/time.js';
import type { ConversionBlock, ConversionCount, ConversionStore } from '../../lib/limits/conversion.store.js';
import { DatabaseConversionStore } from '../../lib/limits/database-conversion.store.js';
import { MemoryConversionStore } from '../../lib/limits/memory-conversion.store.js';
import { RedisConversionStore } from '../../lib/limits/redis-conversion.store.js';
import { Database } from '../../lib/database/database.js';
import { databaseStoreKinds, startDatabaseStore } from './database-limit-store.js';
import { freshRedis, redisUrl } from './redis.js';
import { redisClientKinds } from './redis-clients.js';

export const WINDOW_MS = 3_600_000;

/** A store whose calls each have a separate timeout, and whose windows last an hour. */
export interface TimedConversionStore {
  /** Returns the counts of the windows, sorted by subject. */
  add(counts: readonly ConversionCount[], now: number): Promise<readonly ConversionCount[]>;
  block(subjects: readonly string[], endsAt: number, now: number): Promise<void>;
  /** Sorted by their end, the latest first, then by subject. */
  readBlocks(now: number): Promise<readonly ConversionBlock[]>;
}

export interface ConversionStoreFactory {
  readonly name: string;
  open(): Promise<{ readonly store: TimedConversionStore; close(): Promise<void> }>;
}

/** The stores that are available in this run. Each is empty. */
export const conversionStores: readonly ConversionStoreFactory[] = [
  {
    name: 'memory',
    open: async () => ({ store: timed(new MemoryConversionStore()), close: async () => undefined }),
  },
  ...databaseStoreKinds.map((kind) => ({
    name: kind,
    open: async () => {
      const { dataSource, close } = await startDatabaseStore(kind);
      return {
        store: timed(new DatabaseConversionStore(new Database(dataSource, { preparedStatements: false }))),
        close,
      };
    },
  })),
  ...(redisUrl === undefined ? [] : [{}, { stringNumbers: true }]).map((options) => ({
    name: `redis ${JSON.stringify(options)}`,
    open: async () => {
      const { client, drop } = freshRedis(options);
      return { store: timed(new RedisConversionStore(client)), close: drop };
    },
  })),
  ...redisClientKinds.map(({ name, open }) => ({
    name: `redis by ${name}`,
    open: async () => {
      const { client, empty, close } = await open();
      await empty();
      return { store: timed(new RedisConversionStore(client)), close };
    },
  })),
];

function timed(store: ConversionStore): TimedConversionStore {
  const timeout = (): StorageTimeout => new StorageTimeout(20_000);
  return {
    add: async (counts, now) => {
      const totals = await store.add(counts, { now, windowMs: WINDOW_MS }, timeout());
      return totals.toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
    },
    block: (subjects, endsAt, now) => store.block(subjects, endsAt, { now, windowMs: WINDOW_MS }, timeout()),
    readBlocks: async (now) => {
      const blocks = await store.readBlocks(now, timeout());
      return blocks.toSorted((one, other) => other.endsAt - one.endsAt || (one.subject < other.subject ? -1 : 1));
    },
  };
}
