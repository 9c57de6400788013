import type { ValueTransformer } from 'typeorm';

/**
 * Instants are epoch milliseconds in `bigint` columns: the only type that is exact and has the same meaning on every
 * database and in every time zone. PostgreSQL and MariaDB return them as text.
 */
export const instant: ValueTransformer = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.getTime() : value),
  from: (value: string | number | null) => (value === null ? null : new Date(Number(value))),
};
