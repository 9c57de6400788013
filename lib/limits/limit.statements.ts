import { givenRows, prepare, type Statement } from '../database/sql-dialect.js';
import type { SqlTable } from '../database/sql-table.js';
import { CLOCK_SLACK_MS } from './limit.store.js';
import type { SMSVerificationCounter } from './sms-verification-counter.entity.js';

/** The table of the counters. */
export type CounterTable = SqlTable<keyof SMSVerificationCounter>;

/** Statements about one counter, or about any. */
export interface CounterStatements {
  readonly cut: Statement;
  readonly deleteExpired: Statement;
  /** Without a clock of its own, as SQLite is, a database has none. */
  readonly readTime: Statement | undefined;
}

/**
 * Statements about a number of counters, with lists of their columns. `charge` and `read`, which every send runs, take whole
 * lists on PostgreSQL: one text for every number of counters, which is parsed and planned in a fraction of the time. See
 * {@link givenRows}.
 */
export interface CountersStatements {
  readonly charge: Statement;
  readonly refund: Statement;
  readonly read: Statement;
  readonly clear: Statement;
}

/** Counters deleted by one statement. */
export const DELETE_BATCH = 1000;

/** Epoch milliseconds, whatever the time zone of the session is. */
const TIME = {
  postgres: 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)',
  mariadb: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
} as const;

const COLUMNS = ['key', 'used', 'windowEndsAt'] as const;

/** Builds the statements about one counter. */
export function counterStatements(table: CounterTable): CounterStatements {
  const { dialect, name, column: c } = table;
  return {
    cut: prepare(dialect, `UPDATE ${name} SET ${c('windowEndsAt')} = :until WHERE ${windowIs(table)}`),
    deleteExpired: prepare(dialect, deleteExpiredText(table)),
    readTime: dialect === 'sqlite' ? undefined : prepare(dialect, `SELECT ${TIME[dialect]} AS ${table.alias('now')}`),
  };
}

/**
 * Builds the statements about `count` counters. The caller sorts them by key, and PostgreSQL and MariaDB lock them in
 * that order (on PostgreSQL, the order of the characters' codes, whatever the collation of the database is), so that two
 * of these statements do not wait for each other. If they do nevertheless (a counter that is new to one of them, a plan
 * of MariaDB that goes by another index), the database refuses one, and it is run again.
 *
 * Those that few requests run are built when they are read: their texts are long for many counters.
 */
export function countersStatements(table: CounterTable, count: number, canReturn: boolean): CountersStatements {
  const { dialect, name, column: c, select } = table;
  const numbers = Array.from({ length: count }, (_, index) => index);
  const isOneOf = dialect === 'postgres' ? `${c('key')} = ANY (CAST(:key AS varchar[]))` : keyIsOneOf(table, numbers);
  return {
    charge: prepare(dialect, chargeText(table, numbers, canReturn)),
    get refund() {
      return prepare(dialect, refundText(table, numbers));
    },
    read: prepare(
      dialect,
      `SELECT ${select(...COLUMNS)} FROM ${name} WHERE ${isOneOf} AND ${c('windowEndsAt')} > :now`,
    ),
    get clear() {
      return prepare(dialect, clearText(table, numbers));
    },
  };
}

/** Deletes counters by their keys. */
export function clearText(table: CounterTable, numbers: readonly number[]): string {
  const { dialect, name, column: c } = table;
  const isOneOf = keyIsOneOf(table, numbers);
  if (dialect !== 'postgres') return `DELETE FROM ${name} WHERE ${isOneOf}`;
  const lockedKeys = `SELECT ${c('key')} FROM ${name} WHERE ${isOneOf} ORDER BY ${c('key')} COLLATE "C" FOR UPDATE`;
  return `DELETE FROM ${name} WHERE ${c('key')} IN (${lockedKeys})`;
}

/** The beginning of a statement that inserts rows or, where one has a row's key, updates it with what follows. */
export function upsertText(
  { dialect, name, column: c }: CounterTable,
  columns: readonly (keyof SMSVerificationCounter)[],
  rows: string,
): string {
  const isMariadb = dialect === 'mariadb';
  return `INSERT INTO ${name} ${isMariadb ? '' : 'AS counter'} (${columns.map(c).join(', ')}) ${rows}
    ${isMariadb ? 'ON DUPLICATE KEY UPDATE' : `ON CONFLICT (${c('key')}) DO UPDATE SET`}`;
}

/** The columns of the row that is there, and of the one that was to be inserted. */
export function conflictColumns({ dialect, column: c }: CounterTable): {
  readonly own: (name: keyof SMSVerificationCounter) => string;
  readonly given: (name: keyof SMSVerificationCounter) => string;
} {
  const isMariadb = dialect === 'mariadb';
  return {
    own: (name) => (isMariadb ? c(name) : `counter.${c(name)}`),
    given: (name) => (isMariadb ? `VALUES(${c(name)})` : `excluded.${c(name)}`),
  };
}

/** Adds to every counter, full or not. */
function chargeText(table: CounterTable, numbers: readonly number[], canReturn: boolean): string {
  const columns = { key: 'varchar', count: 'integer', verified: 'integer', windowEndsAt: 'bigint' } as const;
  const rows = givenRows(table.dialect, numbers, columns);
  return `${upsertText(table, ['key', 'used', 'verified', 'windowEndsAt'], rows)} ${added(table)}
    ${canReturn ? `RETURNING ${table.select(...COLUMNS)}` : ''}`;
}

/** What a charge makes of a counter that is there: more in an open window, the first of a new one otherwise. */
function added(table: CounterTable): string {
  const { column: c } = table;
  const { own, given } = conflictColumns(table);
  const used = `CASE WHEN ${own('windowEndsAt')} <= :now THEN ${given('used')} ELSE ${own('used')} + ${given('used')} END`;
  // MariaDB assigns from left to right: the end, which both read, comes last.
  return `${c('used')} = ${used}, ${nextEnd(table)}`;
}

/** The end of the window of a counter that is there: a new one where it is over or ends too late. */
export function nextEnd(table: CounterTable): string {
  const { column: c } = table;
  const { own, given } = conflictColumns(table);
  const end = own('windowEndsAt');
  const isNew = `${end} <= :now OR ${end} > ${given('windowEndsAt')} + ${CLOCK_SLACK_MS}`;
  return `${c('windowEndsAt')} = CASE WHEN ${isNew} THEN ${given('windowEndsAt')} ELSE ${end} END`;
}

function refundText(table: CounterTable, numbers: readonly number[]): string {
  const { dialect, name, column: c } = table;
  // MariaDB assigns from left to right: the end, which reads the count, comes first.
  const update = `UPDATE ${name} AS counter SET
    ${c('windowEndsAt')} = CASE WHEN counter.${c('used')} <= 1 THEN 0 ELSE counter.${c('windowEndsAt')} END,
    ${c('used')} = CASE WHEN counter.${c('used')} <= 1 THEN 0 ELSE counter.${c('used')} - 1 END`;
  if (dialect !== 'postgres') {
    return `${update} WHERE ${numbers.map((number) => `(${windowIs(table, `[${number}]`)})`).join(' OR ')}`;
  }
  const given = numbers.map((number) => `(CAST(:key[${number}] AS varchar), CAST(:windowEndsAt[${number}] AS bigint))`);
  return `WITH given (given_key, ends_at) AS (VALUES ${given.join(', ')}),
    locked AS (
      SELECT counter.${c('key')} AS locked_key FROM ${name} AS counter
      JOIN given ON counter.${c('key')} = given_key AND counter.${c('windowEndsAt')} = ends_at
      ORDER BY counter.${c('key')} COLLATE "C" FOR UPDATE OF counter
    )
    ${update} FROM locked WHERE counter.${c('key')} = locked_key`;
}

function keyIsOneOf({ column: c }: CounterTable, numbers: readonly number[]): string {
  return `${c('key')} IN (${numbers.map((number) => `:key[${number}]`).join(', ')})`;
}

/** The sum keeps the database from going by the index of the ends, in which MariaDB would lock the windows beside it. */
function windowIs({ column: c }: CounterTable, item = ''): string {
  return `${c('key')} = :key${item} AND ${c('windowEndsAt')} + 0 = :windowEndsAt${item}`;
}

function deleteExpiredText({ dialect, name, column: c }: CounterTable): string {
  const batch = `${c('windowEndsAt')} <= :now ORDER BY ${c('windowEndsAt')} LIMIT ${DELETE_BATCH}`;
  if (dialect === 'mariadb') return `DELETE FROM ${name} WHERE ${batch}`;
  const keys = `SELECT ${c('key')} FROM ${name} WHERE ${batch}`;
  if (dialect === 'sqlite') return `DELETE FROM ${name} WHERE ${c('key')} IN (${keys})`;
  // Counters that a charge holds are about to open a window. An array is made once and looked up in the index.
  return `DELETE FROM ${name} WHERE ${c('key')} = ANY (ARRAY(${keys} FOR UPDATE SKIP LOCKED))`;
}
