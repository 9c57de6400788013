import { DataSource, type DataSourceOptions } from 'typeorm';
import { phoneVerifyMigrations, SMSVerificationCounter } from '../../lib/index.js';
import { DatabaseLimitStore } from '../../lib/limits/database-limit.store.js';
import { Database } from '../../lib/database/database.js';
import { type TimedStore, withTimeout } from './timed-store.js';
import { type DatabaseKind, databaseKinds, freshDatabase } from './databases.js';
import { QueryLog } from './query-log.js';
import { beginSessionsWith, type IsolationLevel, withIsolation } from './session-default.js';

/** The databases, and MariaDB once more through TypeORM's type for MySQL. */
export type DatabaseStoreKind = DatabaseKind | 'mysql';

export const databaseStoreKinds: readonly DatabaseStoreKind[] = [
  ...databaseKinds,
  ...(databaseKinds.includes('mariadb') ? (['mysql'] as const) : []),
];

export interface DatabaseStoreOptions {
  readonly isolation?: IsolationLevel;
  readonly poolSize?: number;
  /** Run by each connection to MariaDB before anything else. */
  readonly sessionStatement?: string | undefined;
}

export interface DatabaseStoreUnderTest {
  readonly store: TimedStore;
  readonly dataSource: DataSource;
  /** Where the counters are, for another process. */
  readonly options: DataSourceOptions;
  readonly log: QueryLog;
  /** Connects once more; what runs there is not logged. */
  connect(): Promise<DataSource>;
  close(): Promise<void>;
}

/** A store on a migrated database of its own. */
export async function startDatabaseStore(
  kind: DatabaseStoreKind,
  { isolation = 'READ COMMITTED', poolSize = 10, sessionStatement }: DatabaseStoreOptions = {},
): Promise<DatabaseStoreUnderTest> {
  const database = await freshDatabase(kind === 'mysql' ? 'mariadb' : kind);
  const log = new QueryLog();
  const pooled = kind === 'sqlite' ? database.options : withIsolation(database.options, isolation, poolSize);
  const options = {
    ...pooled,
    ...(kind === 'mysql' && { type: 'mysql' }),
    ...(kind === 'postgres' && { connectTimeoutMS: 5000 }),
  } as DataSourceOptions;
  const own = { entities: [SMSVerificationCounter], migrations: phoneVerifyMigrations, logger: log };
  const dataSource = await new DataSource({ ...options, ...own }).initialize();
  await dataSource.runMigrations();
  if (sessionStatement !== undefined) await beginSessionsWith(dataSource, sessionStatement);
  return {
    store: withTimeout(new DatabaseLimitStore(new Database(dataSource), 20_000)),
    dataSource,
    options,
    log,
    connect: () => new DataSource(options).initialize(),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
