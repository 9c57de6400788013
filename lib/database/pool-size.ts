import type { DataSource } from 'typeorm';

/** Connections of a pool whose size nobody set: that of `pg` and of `mysql2`. */
const DEFAULT_POOL_SIZE = 10;

/** How many connections the pool of a data source has. */
export function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra }: { poolSize?: unknown; extra?: unknown } = { ...options };
  const own = typeof extra === 'object' && extra !== null ? Object.entries(extra) : [];
  const sizes = own.flatMap(([name, value]) => (name === 'max' || name === 'connectionLimit' ? [value] : []));
  const size = [...sizes, poolSize].find((value) => typeof value === 'number');
  return typeof size === 'number' ? Math.max(1, size) : DEFAULT_POOL_SIZE;
}
