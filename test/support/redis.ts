import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';

/** Where the server is. Without an address its tests are left out, and the run says so. */
export const redisUrl = process.env['TEST_REDIS_URL'] || undefined;

/** A client whose keys begin with a text of their own, as if the server were empty. */
export interface FreshRedis {
  readonly client: Redis;
  /** What another process needs to see the same keys. */
  readonly connection: { readonly url: string; readonly keyPrefix: string };
  /** The keys that are there, without the client's prefix. */
  keys(): Promise<string[]>;
  /** Deletes the keys and closes the client. */
  drop(): Promise<void>;
}

/** Connects as an application would, with options of its own. */
export function freshRedis(options: RedisOptions = {}): FreshRedis {
  const connection = { url: redisUrl ?? '', keyPrefix: `test-${randomUUID()}:` };
  const client = new Redis(connection.url, { ...options, keyPrefix: connection.keyPrefix });
  return {
    client,
    connection,
    keys: () => findKeys(client, '*'),
    drop: async () => {
      await deleteKeys(client, '*');
      await client.quit();
    },
  };
}

/** Deletes the keys that match a pattern. */
export async function deleteKeys(client: Redis, pattern: string): Promise<void> {
  const keys = await findKeys(client, pattern);
  if (keys.length > 0) await client.del(keys);
}

/** A client puts its prefix neither before the pattern of a scan nor takes it off what a scan finds. */
async function findKeys(client: Redis, pattern: string): Promise<string[]> {
  const { keyPrefix = '' } = client.options;
  const found: string[] = [];
  for await (const batch of client.scanStream({ match: keyPrefix + pattern, count: 1000 })) found.push(...batch);
  return found.map((key) => key.slice(keyPrefix.length));
}
