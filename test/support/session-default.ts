import { DataSource, type DataSourceOptions } from 'typeorm';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** The options with a pool size, and on PostgreSQL with an isolation level that every connection starts with. */
export function withIsolation(
  options: DataSourceOptions,
  isolation: IsolationLevel,
  poolSize: number,
): DataSourceOptions {
  if (options.type !== 'postgres') return { ...options, poolSize } as DataSourceOptions;
  const level = isolation.toLowerCase().replace(' ', String.raw`\ `);
  return { ...options, poolSize, extra: { options: `-c default_transaction_isolation=${level}` } };
}

/** On MariaDB, where no option sets it, has each connection of the pool begin with a statement. */
export async function beginSessionsWith(dataSource: DataSource, statement: string): Promise<void> {
  const { type } = dataSource.options;
  if ((type !== 'mariadb' && type !== 'mysql') || !('pool' in dataSource.driver)) return;
  const { pool } = dataSource.driver as unknown as { pool: SessionPool };
  pool.on('connection', (connection) => connection.query(statement));
  // The connection that was made while starting is there already, and idle.
  await dataSource.query(statement);
}

interface SessionPool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}
