import { prepare, type Statement } from '../database/sql-dialect.js';
import type { SqlTable } from '../database/sql-table.js';

/** A message that a backend accepted. */
export interface SendRecord {
  /** Of the session. */
  readonly id: string;
  readonly backend: string;
  readonly messageId: string | null;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** What these statements use of the table of sessions. */
export type SendRecordTable = SqlTable<'id' | 'sendCount' | 'lastSentAt' | 'backend' | 'messageId' | 'modifiedAt'>;

/** The statement that records a number of sends. On PostgreSQL it is the same for every number. */
export function sendRecordStatement(table: SendRecordTable, count: number): Statement {
  return prepare(table.dialect, table.dialect === 'postgres' ? listText(table) : numberedText(table, count));
}

function listText({ name, column: c }: SendRecordTable): string {
  return `UPDATE ${name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = given_sent_at,
      ${c('backend')} = given_backend, ${c('messageId')} = given_message_id, ${c('modifiedAt')} = given_sent_at
    FROM unnest(
      CAST(:id AS varchar[]), CAST(:backend AS varchar[]), CAST(:messageId AS varchar[]), CAST(:sentAt AS bigint[])
    ) AS given (given_id, given_backend, given_message_id, given_sent_at)
    WHERE ${c('id')} = given_id`;
}

/** With parameters `id0`, `id1` and so on. */
function numberedText({ name, column: c }: SendRecordTable, count: number): string {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const given = (parameter: keyof SendRecord): string =>
    `CASE ${c('id')} ${numbers.map((number) => `WHEN :id${number} THEN :${parameter}${number}`).join(' ')} END`;
  return `UPDATE ${name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = ${given('sentAt')},
      ${c('backend')} = ${given('backend')}, ${c('messageId')} = ${given('messageId')},
      ${c('modifiedAt')} = ${given('sentAt')}
    WHERE ${c('id')} IN (${numbers.map((number) => `:id${number}`).join(', ')})`;
}
