import { DataSource, type DataSourceOptions } from 'typeorm';
import { phoneVerifyMigrations, SMSVerificationCounter } from '../../lib/index.js';
import { DatabaseLimitStore } from '../../lib/limits/database-limit.store.js';
import { Database } from '../../lib/database/database.js';
import { type TimedStore, withTimeout } from './timed-store.js';
import { type DatabaseKind, databaseKinds, freshDatabase } from './databases.js';
import { QueryLog } from './query-log.js';
import { beginSessionsWith, type IsolationLevel, withIsolation } from './session-default.js';

/** The databases, and MariaDB a second time through TypeORM's type `mysql`. */
export type DatabaseStoreKind = DatabaseKind | 'mysql';

export const databaseStoreKinds: readonly DatabaseStoreKind[] = [
  ...databaseKinds,
  ...(databaseKinds.includes('mariadb') ? (['mysql'] as const) : []),
];

export interface DatabaseStoreOptions {
  readonly isolation?: IsolationLevel;
  readonly poolSize?: number;
  /** The first statement of each connection to MariaDB. */
  readonly sessionStatement?: string | undefined;
}

export interface DatabaseStoreUnderTest {
  readonly store: TimedStore;
  /** Creates another store, which knows as little of the counters as that of a process that has just started. */
  newStore(): TimedStore;
  readonly dataSource: DataSource;
  /** The options with which another process finds the counters. */
  readonly options: DataSourceOptions;
  readonly log: QueryLog;
  /** Opens another connection, whose statements are not logged. */
  connect(): Promise<DataSource>;
  close(): Promise<void>;
}

/** Creates a store on a new, migrated database. */
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
  const newStore = (): TimedStore =>
    withTimeout(new DatabaseLimitStore(new Database(dataSource, { preparedStatements: false }), 20_000));
  return {
    store: newStore(),
    newStore,
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
