import type { ValueTransformer } from 'typeorm';

/**
 * Instants are epoch milliseconds in `bigint` columns: the one form that is exact and means the same on every database
 * and in every time zone. PostgreSQL and MariaDB answer them as text.
 */
export const instant: ValueTransformer = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.getTime() : value),
  from: (value: string | number | null) => (value === null ? null : new Date(Number(value))),
};
