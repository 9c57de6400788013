import type { DataSource } from 'typeorm';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';

/** The SQL dialects that the library supports. */
export type SqlDialect = 'postgres' | 'mariadb' | 'sqlite';

const DIALECTS: Readonly<Record<string, SqlDialect>> = {
  postgres: 'postgres',
  mariadb: 'mariadb',
  mysql: 'mariadb',
  'better-sqlite3': 'sqlite',
};

/** @throws {@link PhoneVerifyConfigurationError} for a database that is not supported. */
export function dialectOf(dataSource: DataSource): SqlDialect {
  const dialect = DIALECTS[dataSource.options.type];
  if (dialect !== undefined) return dialect;
  throw new PhoneVerifyConfigurationError(
    `dataSource: "${dataSource.options.type}" is not supported; use ${Object.keys(DIALECTS).join(', ')}`,
  );
}

/** The SQL text of a statement, and its parameters in the order that the driver expects. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly StatementParameter[];
}

/** What a placeholder stands for. */
export interface StatementParameter {
  readonly name: string;
  /** Position in the list of this name; `undefined` for the whole value. */
  readonly item: number | undefined;
}

/**
 * Converts parameters to the placeholders of the driver: `:name` is a value or, on PostgreSQL, a whole list, and `:name[0]`
 * the first item of a list.
 */
export function prepare(dialect: SqlDialect, text: string): Statement {
  const places = new Map<string, number>();
  const parameters: StatementParameter[] = [];
  const form = /(?<!:):([a-zA-Z]\w*)(?:\[(\d+)\])?/g;
  const sql = text.replace(/\s+/g, ' ').replace(form, (whole, name: string, item: string | undefined) => {
    const place = dialect === 'postgres' ? places.get(whole) : undefined;
    if (place === undefined) {
      parameters.push({ name, item: item === undefined ? undefined : Number(item) });
      places.set(whole, parameters.length);
    }
    return dialect === 'postgres' ? `$${place ?? parameters.length}` : '?';
  });
  return { sql: sql.trim(), parameters };
}

/** The columns of rows to insert, with their types. */
export type GivenColumns = Readonly<Record<string, 'varchar' | 'integer' | 'bigint'>>;

/** Rows to insert, with a list for each column: on PostgreSQL the whole lists, otherwise item by item. */
export function givenRows(dialect: SqlDialect, numbers: readonly number[], columns: GivenColumns): string {
  return dialect === 'postgres' ? rowsOfLists(columns) : rowsOfItems(numbers, columns);
}

/** Rows to insert as whole lists: one text for every number of rows. PostgreSQL alone has `unnest`. */
export function rowsOfLists(columns: GivenColumns): string {
  const lists = Object.entries(columns).map(([name, type]) => `CAST(:${name} AS ${type}[])`);
  return `SELECT * FROM unnest(${lists.join(', ')}) AS given`;
}

/** Rows to insert item by item. */
export function rowsOfItems(numbers: readonly number[], columns: GivenColumns): string {
  const names = Object.keys(columns);
  return `VALUES ${numbers.map((number) => `(${names.map((name) => `:${name}[${number}]`).join(', ')})`).join(', ')}`;
}

/** Codes of transient errors: nothing was committed, safe to retry. */
const TRANSIENT = new Set<unknown>([
  '40001', // PostgreSQL: serialisation failure
  '40P01', // PostgreSQL: deadlock
  'ER_LOCK_DEADLOCK', // MariaDB 1213
  'ER_LOCK_WAIT_TIMEOUT', // MariaDB 1205
  'ER_CHECKREAD', // MariaDB 1020: the row changed since the snapshot
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'SQLITE_LOCKED',
]);

/**
 * Whether a driver's error is the server's response to a statement, which then changed nothing. After a lost connection
 * (classes 08 and 57P of PostgreSQL, its code 40003, and codes of drivers) nobody knows.
 */
export function isRefusal(code: unknown): boolean {
  return typeof code === 'string' && /^(?!08|57P|40003)(?=.*\d)[0-9A-Z]{5}$|^ER_|^SQLITE_/.test(code);
}

/** Whether a driver's error is transient. */
export function isTransient(code: unknown): boolean {
  return TRANSIENT.has(code);
}
