import { prepare, rowsOfItems, rowsOfLists, type Statement } from '../database/sql-dialect.js';
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

/**
 * The statement that inserts a number of sessions.
 *
 * @param isPrepared - Whether it has a name on PostgreSQL: then its rows are lists, so that its text is the same for every
 * number of rows. Without a name, `VALUES` takes PostgreSQL up to a third less time to parse and plan.
 */
export function insertStatement(
  { dialect, name, column }: SessionWriteTable,
  count: number,
  { isPrepared }: { readonly isPrepared: boolean },
): Statement {
  const names = INSERTED.map(([property]) => column(property)).join(', ');
  const columns = Object.fromEntries(INSERTED);
  const isOfLists = isPrepared && dialect === 'postgres';
  const rows = isOfLists ? rowsOfLists(columns) : rowsOfItems(numbersTo(count), columns);
  return prepare(dialect, `INSERT INTO ${name} (${names}) ${rows}`);
}

/** The statement that records a number of sends. On PostgreSQL it is the same for every number. */
export function sendRecordStatement(table: SessionWriteTable, count: number): Statement {
  return prepare(table.dialect, table.dialect === 'postgres' ? listText(table) : itemsText(table, numbersTo(count)));
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Whole lists, without a join: PostgreSQL plans it in less time than one with `unnest`. */
function listText({ name, column: c }: SessionWriteTable): string {
  const given = (parameter: keyof SendRecord, type: 'varchar' | 'bigint'): string =>
    `(CAST(:${parameter} AS ${type}[]))[array_position(CAST(:id AS varchar[]), ${c('id')})]`;
  return `UPDATE ${name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = ${given('sentAt', 'bigint')},
      ${c('backend')} = ${given('backend', 'varchar')}, ${c('messageId')} = ${given('messageId', 'varchar')},
      ${c('modifiedAt')} = ${given('sentAt', 'bigint')}
    WHERE ${c('id')} = ANY (CAST(:id AS varchar[]))`;
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
