import type { DataSource } from 'typeorm';
import { SMSVerification } from '../database/sms-verification.entity.js';
import { prepare, type Statement } from '../database/sql-dialect.js';
import { describeTable, type SqlTable } from '../database/sql-table.js';

/** Rows deleted by one statement. */
export const PURGE_BATCH = 1000;

type Table = SqlTable<Exclude<keyof SMSVerification, 'isExpired' | 'toJSON' | symbol>>;

/** Columns that describe a session, without its four secrets. */
const DESCRIBED = [
  'id',
  'purpose',
  'createdAt',
  'expiresAt',
  'verifiedAt',
  'consumedAt',
  'failedAttempts',
  'sendCount',
  'lastSentAt',
  'backend',
  'messageId',
] as const;

/** Sessions of a number that are described. */
const DESCRIBED_SESSIONS = 100;

/** The statements on sessions that operators and the retention use. */
export interface SessionRecordStatements {
  readonly countOld: Statement;
  readonly deleteOld: Statement;
  readonly describeSessions: Statement;
  readonly deleteSessions: Statement;
}

/** Builds the statements. */
export function sessionRecordStatements(dataSource: DataSource): SessionRecordStatements {
  const table: Table = describeTable(dataSource, SMSVerification);
  const { dialect, name, column: c, select } = table;
  return {
    countOld: prepare(dialect, `SELECT COUNT(*) AS total FROM ${name} WHERE ${isOld(table)}`),

    deleteOld: prepare(dialect, deleteText(table, isOld(table), 'FOR UPDATE SKIP LOCKED')),

    describeSessions: prepare(
      dialect,
      `SELECT ${select(...DESCRIBED)} FROM ${name} WHERE ${c('phoneNumber')} = :phoneNumber
      ORDER BY ${c('createdAt')} DESC LIMIT ${DESCRIBED_SESSIONS}`,
    ),

    deleteSessions: prepare(dialect, deleteText(table, `${c('phoneNumber')} = :phoneNumber`, 'FOR UPDATE')),
  };
}

/** Old rows, except open sessions and those whose verification token may still be used. */
function isOld({ column: c }: Table): string {
  return `${c('createdAt')} < :createdBefore AND ${c('expiresAt')} <= :now
    AND (${c('verifiedAt')} IS NULL OR ${c('verifiedAt')} <= :verifiedBefore)`;
}

/** @param lock - Locking clause of PostgreSQL: a purge leaves locked rows for the next run instead of waiting. */
function deleteText(table: Table, condition: string, lock: string): string {
  const { dialect, name, column: c } = table;
  const batch = `${condition} ORDER BY ${c('createdAt')} LIMIT ${PURGE_BATCH}`;
  if (dialect === 'mariadb') return `DELETE FROM ${name} WHERE ${batch}`;
  const locked = dialect === 'postgres' ? lock : '';
  return `DELETE FROM ${name} WHERE ${c('id')} IN (SELECT ${c('id')} FROM ${name} WHERE ${batch} ${locked})`;
}
