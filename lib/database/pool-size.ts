import type { DataSource } from 'typeorm';

/** Default pool size of `pg` and of `mysql2`. */
const DEFAULT_POOL_SIZE = 10;

/** Maximum number of connections in the pool of a data source. */
export function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra }: { poolSize?: unknown; extra?: unknown } = { ...options };
  const driverOptions = typeof extra === 'object' && extra !== null ? Object.entries(extra) : [];
  const sizes = driverOptions.flatMap(([name, value]) => (name === 'max' || name === 'connectionLimit' ? [value] : []));
  const size = [...sizes, poolSize].find((value) => typeof value === 'number');
  return typeof size === 'number' ? Math.max(1, size) : DEFAULT_POOL_SIZE;
}

/** Without one, `pg` waits for a server that accepts the connection but never responds, until the operating system gives up. */
export function hasConnectTimeout(options: DataSource['options']): boolean {
  const { connectTimeoutMS, extra }: { connectTimeoutMS?: unknown; extra?: object } = { ...options };
  return connectTimeoutMS !== undefined || (extra !== undefined && 'connectionTimeoutMillis' in extra);
}
