import type { DataSource } from 'typeorm';
import { SMSVerification } from '../database/sms-verification.entity.js';
import { prepare, type Statement } from '../database/sql-dialect.js';
import { describeTable, type SqlTable } from '../database/sql-table.js';

/** Options that change the text of the statements. */
export interface StatementOptions {
  /** Number of keyed hashes that a code is compared with: one for each configured secret. */
  readonly candidates: number;
  readonly verifyOnlyOnce: boolean;
}

/** The statements on sessions. */
export type VerificationStatements = Readonly<Record<keyof ReturnType<typeof textsOf>, Statement>>;

/**
 * MariaDB has no `UPDATE … RETURNING`. There the statement returns its outcome as the insert id of the OK packet: the
 * count of failed attempts, 1 to 100, or one of these values for a correct code.
 */
export const CORRECT_CODE = 1000;
/** A correct code, but the verification token was consumed before, so it is not replaced. */
export const CORRECT_CODE_CONSUMED = 1001;
/** A correct code that was given before. */
export const CORRECT_CODE_AGAIN = 1002;

type ColumnName = Exclude<keyof SMSVerification, 'isExpired' | 'toJSON' | symbol>;

type Table = SqlTable<ColumnName>;

/** Builds the statements. */
export function buildStatements(dataSource: DataSource, options: StatementOptions): VerificationStatements {
  const table: Table = describeTable(dataSource, SMSVerification);
  const ready = (text: string): Statement => prepare(table.dialect, text);
  const texts = textsOf(table, options);
  return {
    check: ready(texts.check),
    accept: ready(texts.accept),
    lastInsertId: ready(texts.lastInsertId),
    findSession: ready(texts.findSession),
    findToken: ready(texts.findToken),
    consumeToken: ready(texts.consumeToken),
    findConsumed: ready(texts.findConsumed),
  };
}

/** What is read of a session before a resend, or to explain a refusal. */
const SESSION = ['id', 'sealedCode', 'failedAttempts', 'expiresAt', 'isVerified', 'sendCount', 'backend'] as const;

function textsOf(table: Table, options: StatementOptions) {
  const { column: c, select } = table;
  return {
    /** Compares a code, counts the attempt and marks the session verified. */
    check: checkText(table, options, codeMatches(table, options.candidates)),

    /** Marks the session verified, for a backend that compared the code itself. */
    accept: checkText(table, options, '1 = 1'),

    /** The connection's last value of `LAST_INSERT_ID`. MariaDB only. */
    lastInsertId: 'SELECT LAST_INSERT_ID() AS value',

    findSession: `SELECT ${select(...SESSION)}
      FROM ${table.name} WHERE ${sessionIs(table)}`,

    findToken: `SELECT ${select('phoneNumber', 'verifiedAt')} FROM ${table.name} WHERE ${tokenIs(table)}`,

    consumeToken: `UPDATE ${table.name} SET ${c('consumedAt')} = :now, ${c('modifiedAt')} = :now
      WHERE ${tokenIs(table)} ${returning(table, select('phoneNumber', 'verifiedAt'))}`,

    /** The row that was just consumed, for databases without `UPDATE … RETURNING`. */
    findConsumed: `SELECT ${select('phoneNumber', 'verifiedAt')} FROM ${table.name}
      WHERE ${c('verificationToken')} = :verificationToken`,
  };
}

/**
 * The statement of a check. Its conditions are the rules: token, number and purpose match, attempts are left, the session
 * has not expired and, with `verifyOnlyOnce`, was not verified before. The database locks the row before it evaluates the
 * conditions, so no other check can change it before the attempt is counted.
 */
function checkText(table: Table, { verifyOnlyOnce }: StatementOptions, match: string): string {
  const { column: c } = table;
  return `UPDATE ${table.name} SET ${verifyOnlyOnce ? firstTimeText(table, match) : everyTimeText(table, match)}
    WHERE ${sessionIs(table)} AND ${c('failedAttempts')} < :maxFailedAttempts AND ${c('expiresAt')} > :now
    ${verifyOnlyOnce ? `AND ${c('verifiedAt')} IS NULL` : ''}
    ${returning(table, table.select('failedAttempts', ...(verifyOnlyOnce ? [] : (['consumedAt', 'verifiedAt'] as const))))}`;
}

/** What a check assigns to a session that was never verified: it has no token yet, and nobody consumed one. */
function firstTimeText(table: Table, match: string): string {
  const { column: c } = table;
  return `${c('verificationToken')} = CASE WHEN ${match} THEN :newToken END,
    ${c('isVerified')} = CASE WHEN ${match} THEN 1 ELSE ${c('isVerified')} END,
    ${c('modifiedAt')} = :now,
    ${c('failedAttempts')} = ${countText(table, match, String(CORRECT_CODE))},
    ${c('verifiedAt')} = CASE WHEN ${match} THEN :now END`;
}

/** What a check assigns to a session that may have been verified before: its time stays, and a consumed token too. */
function everyTimeText(table: Table, match: string): string {
  const { column: c } = table;
  const correct = `CASE WHEN ${c('verifiedAt')} IS NULL THEN ${CORRECT_CODE}
    WHEN ${c('consumedAt')} IS NULL THEN ${CORRECT_CODE_AGAIN} ELSE ${CORRECT_CODE_CONSUMED} END`;
  // MariaDB assigns from left to right: never read a column after assigning it.
  return `${c('verificationToken')} = CASE WHEN ${match} AND ${c('consumedAt')} IS NULL THEN :newToken ELSE ${c('verificationToken')} END,
    ${c('isVerified')} = CASE WHEN ${match} THEN 1 ELSE ${c('isVerified')} END,
    ${c('modifiedAt')} = :now,
    ${c('failedAttempts')} = ${countText(table, match, correct)},
    ${c('verifiedAt')} = CASE WHEN ${match} AND ${c('verifiedAt')} IS NULL THEN :now ELSE ${c('verifiedAt')} END`;
}

/** @param correct - What MariaDB returns as its insert id for a correct code. */
function countText({ dialect, column: c }: Table, match: string, correct: string): string {
  if (dialect !== 'mariadb') return `CASE WHEN ${match} THEN 0 ELSE ${c('failedAttempts')} + 1 END`;
  return `CASE WHEN ${match} THEN LAST_INSERT_ID(${correct}) * 0 ELSE LAST_INSERT_ID(${c('failedAttempts')} + 1) END`;
}

function returning({ dialect }: Table, columns: string): string {
  return dialect === 'mariadb' ? '' : `RETURNING ${columns}`;
}

function codeMatches({ column: c }: Table, candidates: number): string {
  const names = Array.from({ length: candidates }, (_, index) => `:candidate${index}`);
  return `${c('securityCode')} IN (${names.join(', ')})`;
}

function sessionIs({ column: c }: Table): string {
  return `${c('sessionToken')} = :sessionToken AND ${c('phoneNumber')} = :phoneNumber AND ${c('purpose')} = :purpose`;
}

function tokenIs({ column: c }: Table): string {
  return `${c('verificationToken')} = :verificationToken AND ${c('purpose')} = :purpose AND ${c('consumedAt')} IS NULL
    AND ${c('verifiedAt')} > :verifiedAfter`;
}
