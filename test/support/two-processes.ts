import type { LimitOptions, PhoneVerifyModuleOptions } from '../../lib/index.js';
import { startApplication, type TestApplication } from './application.js';
import { type DatabaseKind, databaseKinds, freshDatabase } from './databases.js';
import { freshRedis, redisUrl } from './redis.js';
import { RemoteApplication } from './remote-application.js';

/** Where two processes count. */
export interface SharedStore {
  readonly name: string;
  /** The database of their sessions. */
  readonly kind: DatabaseKind;
  readonly isInRedis: boolean;
}

/** Each database, and Redis where there is one. */
export const sharedStores: readonly SharedStore[] = [
  ...databaseKinds.map((kind) => ({ name: kind, kind, isInRedis: false })),
  ...(redisUrl === undefined ? [] : [{ name: 'redis', kind: 'sqlite' as const, isInRedis: true }]),
];

export interface TwoProcessesOptions {
  readonly limits: LimitOptions;
  readonly storage?: NonNullable<PhoneVerifyModuleOptions['storage']>;
  /** Connections of each process; SQLite has one. */
  readonly poolSize?: number;
  /** Environment variables of the other process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface TwoProcesses {
  readonly here: TestApplication;
  readonly there: RemoteApplication;
  close(): Promise<void>;
}

/** Starts the application in this process and in another one, on one new database. */
export async function startTwoProcesses(
  { kind, isInRedis }: SharedStore,
  { limits, storage = {}, poolSize, environment = {} }: TwoProcessesOptions,
): Promise<TwoProcesses> {
  const fresh = await freshDatabase(kind);
  const redis = isInRedis ? freshRedis() : undefined;
  const isPooled = poolSize !== undefined && kind !== 'sqlite';
  const database = isPooled ? ({ ...fresh.options, poolSize } as never) : fresh.options;
  const here = await startApplication({
    database,
    phoneVerify: { storage, limits: { ...limits, ...(redis && { store: { redis: redis.client } }) } },
  });
  const there = await RemoteApplication.start({
    database,
    phoneVerify: { storage, limits },
    redis: redis?.connection,
    environment,
  });
  return {
    here,
    there,
    close: async () => {
      await there.kill();
      await here.close();
      await redis?.drop();
      await fresh.drop();
    },
  };
}
