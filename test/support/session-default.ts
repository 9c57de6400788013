import { DataSource, type DataSourceOptions } from 'typeorm';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** The options with a pool size and, on PostgreSQL, with the default isolation level of every connection. */
export function withIsolation(
  options: DataSourceOptions,
  isolation: IsolationLevel,
  poolSize: number,
): DataSourceOptions {
  if (options.type !== 'postgres') return { ...options, poolSize } as DataSourceOptions;
  const level = isolation.toLowerCase().replace(' ', String.raw`\ `);
  return { ...options, poolSize, extra: { options: `-c default_transaction_isolation=${level}` } };
}

/** On MariaDB, runs a statement first on each connection of the pool, because no option does this. */
export async function beginSessionsWith(dataSource: DataSource, statement: string): Promise<void> {
  const { type } = dataSource.options;
  if ((type !== 'mariadb' && type !== 'mysql') || !('pool' in dataSource.driver)) return;
  const { pool } = dataSource.driver as unknown as { pool: SessionPool };
  pool.on('connection', (connection) => connection.query(statement));
  // The idle connection that was opened at startup.
  await dataSource.query(statement);
}

interface SessionPool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}
