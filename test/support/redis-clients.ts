import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import type { RedisClient } from '../../lib/index.js';
import { hasRedisServer, type RedisServers, redisServers, SENTINEL_NAME } from './redis-servers.js';
import { redisUrl } from './redis.js';

/** A client as an application creates it, connected. */
export interface OpenRedisClient {
  readonly client: RedisClient;
  /** Deletes all keys. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of client, on servers of the tests' own. */
export interface RedisClientKind {
  readonly name: string;
  open(): Promise<OpenRedisClient>;
}

const KINDS: Readonly<Record<string, (servers: RedisServers) => Promise<Omit<OpenRedisClient, 'empty'>>>> = {
  'an ioredis cluster': async ({ cluster }) => {
    const client = new Cluster([...cluster]);
    return { client, close: async () => void (await client.quit()) };
  },
  'ioredis through Sentinel': async ({ sentinel }) => {
    const client = new Redis({ sentinels: [sentinel], name: SENTINEL_NAME });
    return { client, close: async () => void (await client.quit()) };
  },
  'node-redis': async ({ server }) => {
    const client = createClient({ socket: server });
    await client.connect();
    return { client, close: () => client.close() };
  },
  'node-redis with RESP 3': async ({ server }) => {
    const client = createClient({ socket: server, RESP: 3 });
    await client.connect();
    return { client, close: () => client.close() };
  },
  'a node-redis pool': async ({ server }) => {
    const client = createClientPool({ socket: server });
    await client.connect();
    return { client, close: () => client.close() };
  },
  'a node-redis cluster': async ({ cluster }) => {
    const client = createCluster({ rootNodes: cluster.map((socket) => ({ socket })) });
    await client.connect();
    return { client, close: () => client.close() };
  },
  'node-redis through Sentinel': async ({ sentinel }) => {
    const client = createSentinel({ name: SENTINEL_NAME, sentinelRootNodes: [sentinel] });
    await client.connect();
    return { client, close: () => client.close() };
  },
};

/** The kinds of client that this run has, beside a plain `ioredis` client. */
export const redisClientKinds: readonly RedisClientKind[] =
  redisUrl === undefined || !hasRedisServer
    ? []
    : Object.entries(KINDS).map(([name, connect]) => ({
        name,
        open: async () => {
          const servers = await redisServers();
          return { ...(await connect(servers)), empty: () => emptyAll(servers) };
        },
      }));

async function emptyAll({ server, cluster }: RedisServers): Promise<void> {
  await Promise.all(
    [server, ...cluster].map(async (address) => {
      const client = new Redis(address);
      await client.flushall();
      await client.quit();
    }),
  );
}
