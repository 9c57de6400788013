import { prepare, type Statement } from '../database/sql-dialect.js';
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

/** Statements about a number of counters. Their parameters are numbered: `key0`, `key1` and so on. */
export interface CountersStatements {
  readonly charge: Statement;
  readonly refund: Statement;
  readonly read: Statement;
  /** Reads those that refuse the next message. */
  readonly readFull: Statement;
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
 * that order, so that two of these statements do not wait for each other. Where they do all the same (a counter that is
 * new to one of them, a plan of MariaDB that goes by another index) the database refuses one, and it is run again.
 */
export function countersStatements(table: CounterTable, count: number, canReturn: boolean): CountersStatements {
  const { dialect, name, column: c, select } = table;
  const numbers = Array.from({ length: count }, (_, index) => index);
  const isOneOf = keyIsOneOf(table, numbers);
  return {
    charge: prepare(
      dialect,
      dialect === 'postgres' ? guardedChargeText(table, numbers) : chargeText(table, numbers, canReturn),
    ),
    refund: prepare(dialect, refundText(table, numbers)),
    read: prepare(
      dialect,
      `SELECT ${select(...COLUMNS)} FROM ${name} WHERE ${isOneOf} AND ${c('windowEndsAt')} > :now`,
    ),
    readFull: prepare(dialect, readFullText(table, numbers)),
    clear: prepare(dialect, clearText(table, numbers)),
  };
}

/** Deletes counters by their keys. */
export function clearText(table: CounterTable, numbers: readonly number[]): string {
  const { dialect, name, column: c } = table;
  const isOneOf = keyIsOneOf(table, numbers);
  if (dialect !== 'postgres') return `DELETE FROM ${name} WHERE ${isOneOf}`;
  const lockedKeys = `SELECT ${c('key')} FROM ${name} WHERE ${isOneOf} ORDER BY ${c('key')} FOR UPDATE`;
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

/** A counter that only reports has no number of messages from which it is full, and no number compares with `NULL`. */
function readFullText(table: CounterTable, numbers: readonly number[]): string {
  const { name, column: c, select } = table;
  const isFull = numbers.map((number) => `(${c('key')} = :key${number} AND ${c('used')} >= :fullFrom${number})`);
  return `SELECT ${select(...COLUMNS)} FROM ${name}
    WHERE ${keyIsOneOf(table, numbers)} AND ${c('windowEndsAt')} > :now AND (${isFull.join(' OR ')})`;
}

/** Charges every counter, full or not. */
function chargeText(table: CounterTable, numbers: readonly number[], canReturn: boolean): string {
  const values = numbers.map((number) => `(:key${number}, 1, 0, :windowEndsAt${number})`).join(', ');
  return `${upsertText(table, ['key', 'used', 'verified', 'windowEndsAt'], `VALUES ${values}`)} ${chargedOnce(table)}
    ${canReturn ? `RETURNING ${table.select(...COLUMNS)}` : ''}`;
}

/**
 * Charges every counter, or none when one that is enforced is full. A counter that exists is locked before it is read:
 * under READ COMMITTED the version read is the one that was waited for, under stricter levels a version that came in
 * between is a failed serialisation. A counter that the statement's snapshot does not know yet is charged unseen; what
 * is answered tells whether it was full. One that only reports is never full.
 */
function guardedChargeText(table: CounterTable, numbers: readonly number[]): string {
  const { name, column: c, select, alias } = table;
  const wanted = numbers.map(
    (number) =>
      `(CAST(:key${number} AS varchar), CAST(:windowEndsAt${number} AS bigint), CAST(:fullFrom${number} AS bigint))`,
  );
  const rows =
    'SELECT wanted_key, 1, 0, ends_at FROM wanted WHERE NOT EXISTS (SELECT 1 FROM exhausted) ORDER BY wanted_key';
  return `WITH wanted (wanted_key, ends_at, full_from) AS (VALUES ${wanted.join(', ')}),
    locked AS (
      SELECT counter.*, wanted.* FROM ${name} AS counter JOIN wanted ON counter.${c('key')} = wanted_key
      ORDER BY counter.${c('key')} FOR UPDATE OF counter
    ),
    exhausted AS (
      SELECT ${select(...COLUMNS)} FROM locked WHERE ${c('windowEndsAt')} > :now AND ${c('used')} >= full_from
    ),
    charged AS (
      ${upsertText(table, ['key', 'used', 'verified', 'windowEndsAt'], rows)} ${chargedOnce(table)}
      RETURNING ${select(...COLUMNS)}
    )
    SELECT charged.*, 1 AS ${alias('isCharged')} FROM charged UNION ALL SELECT exhausted.*, 0 FROM exhausted`;
}

/** What one charge makes of a counter that is there: one more in an open window, the first of a new one otherwise. */
function chargedOnce(table: CounterTable): string {
  const { column: c } = table;
  const { own } = conflictColumns(table);
  // MariaDB assigns from left to right: the end, which both read, comes last.
  return `${c('used')} = CASE WHEN ${own('windowEndsAt')} <= :now THEN 1 ELSE ${own('used')} + 1 END, ${nextEnd(table)}`;
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
    return `${update} WHERE ${numbers.map((number) => `(${windowIs(table, number)})`).join(' OR ')}`;
  }
  const given = numbers.map((number) => `(CAST(:key${number} AS varchar), CAST(:windowEndsAt${number} AS bigint))`);
  return `WITH given (given_key, ends_at) AS (VALUES ${given.join(', ')}),
    locked AS (
      SELECT counter.${c('key')} AS locked_key FROM ${name} AS counter
      JOIN given ON counter.${c('key')} = given_key AND counter.${c('windowEndsAt')} = ends_at
      ORDER BY counter.${c('key')} FOR UPDATE OF counter
    )
    ${update} FROM locked WHERE counter.${c('key')} = locked_key`;
}

function keyIsOneOf({ column: c }: CounterTable, numbers: readonly number[]): string {
  return `${c('key')} IN (${numbers.map((number) => `:key${number}`).join(', ')})`;
}

/** The sum keeps the database from going by the index of the ends, in which MariaDB would lock the windows beside it. */
function windowIs({ column: c }: CounterTable, number: number | '' = ''): string {
  return `${c('key')} = :key${number} AND ${c('windowEndsAt')} + 0 = :windowEndsAt${number}`;
}

function deleteExpiredText({ dialect, name, column: c }: CounterTable): string {
  const batch = `${c('windowEndsAt')} <= :now ORDER BY ${c('windowEndsAt')} LIMIT ${DELETE_BATCH}`;
  if (dialect === 'mariadb') return `DELETE FROM ${name} WHERE ${batch}`;
  const keys = `SELECT ${c('key')} FROM ${name} WHERE ${batch}`;
  if (dialect === 'sqlite') return `DELETE FROM ${name} WHERE ${c('key')} IN (${keys})`;
  // Counters that a charge holds are about to open a window. An array is made once and looked up in the index.
  return `DELETE FROM ${name} WHERE ${c('key')} = ANY (ARRAY(${keys} FOR UPDATE SKIP LOCKED))`;
}
