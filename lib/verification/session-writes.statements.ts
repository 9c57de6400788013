import { givenRows, prepare, type Statement } from '../database/sql-dialect.js';
import type { RowValues } from '../database/database.js';
import type { SqlTable } from '../database/sql-table.js';

/** A message that a backend accepted. */
export interface SendRecord extends RowValues {
  /** Of the session. */
  readonly id: string;
  readonly backend: string;
  readonly messageId: string | null;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** The columns of a new session, with their types. The others are null. */
const INSERTED = [
  ['id', 'varchar'],
  ['phoneNumber', 'varchar'],
  ['purpose', 'varchar'],
  ['securityCode', 'varchar'],
  ['sealedCode', 'varchar'],
  ['sessionToken', 'varchar'],
  ['isVerified', 'integer'],
  ['failedAttempts', 'integer'],
  ['sendCount', 'integer'],
  ['expiresAt', 'bigint'],
  ['createdAt', 'bigint'],
  ['modifiedAt', 'bigint'],
] as const;

/** What these statements use of the table of sessions. */
export type SessionWriteTable = SqlTable<(typeof INSERTED)[number][0] | 'lastSentAt' | 'backend' | 'messageId'>;

/** The statement that inserts a number of sessions. On PostgreSQL it is the same for every number. */
export function insertStatement({ dialect, name, column }: SessionWriteTable, count: number): Statement {
  const columns = INSERTED.map(([property]) => column(property)).join(', ');
  return prepare(
    dialect,
    `INSERT INTO ${name} (${columns}) ${givenRows(dialect, numbersTo(count), Object.fromEntries(INSERTED))}`,
  );
}

/** The statement that records a number of sends. On PostgreSQL it is the same for every number. */
export function sendRecordStatement(table: SessionWriteTable, count: number): Statement {
  return prepare(table.dialect, table.dialect === 'postgres' ? listText(table) : itemsText(table, numbersTo(count)));
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

function listText({ name, column: c }: SessionWriteTable): string {
  return `UPDATE ${name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = given_sent_at,
      ${c('backend')} = given_backend, ${c('messageId')} = given_message_id, ${c('modifiedAt')} = given_sent_at
    FROM unnest(
      CAST(:id AS varchar[]), CAST(:backend AS varchar[]), CAST(:messageId AS varchar[]), CAST(:sentAt AS bigint[])
    ) AS given (given_id, given_backend, given_message_id, given_sent_at)
    WHERE ${c('id')} = given_id`;
}

/** Item by item. */
function itemsText({ name, column: c }: SessionWriteTable, numbers: readonly number[]): string {
  const given = (parameter: keyof SendRecord): string =>
    `CASE ${c('id')} ${numbers.map((number) => `WHEN :id[${number}] THEN :${parameter}[${number}]`).join(' ')} END`;
  return `UPDATE ${name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = ${given('sentAt')},
      ${c('backend')} = ${given('backend')}, ${c('messageId')} = ${given('messageId')},
      ${c('modifiedAt')} = ${given('sentAt')}
    WHERE ${c('id')} IN (${numbers.map((number) => `:id[${number}]`).join(', ')})`;
}
