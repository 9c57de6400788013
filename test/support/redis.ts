import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';

/** URL of the server. Without it, its tests are skipped, which the run reports at its end. */
export const redisUrl = process.env['TEST_REDIS_URL'] || undefined;

/** A client with a unique key prefix, as if the server were empty. */
export interface FreshRedis {
  readonly client: Redis;
  /** What another process needs to use the same keys. */
  readonly connection: { readonly url: string; readonly keyPrefix: string };
  /** The existing keys, without the prefix. */
  keys(): Promise<string[]>;
  /** Deletes the keys and closes the client. */
  drop(): Promise<void>;
}

/** Connects as an application does. */
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

/** The client does not apply its prefix to scans, neither to the pattern nor to the results. */
async function findKeys(client: Redis, pattern: string): Promise<string[]> {
  const { keyPrefix = '' } = client.options;
  const found: string[] = [];
  for await (const batch of client.scanStream({ match: keyPrefix + pattern, count: 1000 })) found.push(...batch);
  return found.map((key) => key.slice(keyPrefix.length));
}
