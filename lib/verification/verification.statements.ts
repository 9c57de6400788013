import type { DataSource } from 'typeorm';
import { SMSVerification } from '../database/sms-verification.entity.js';
import { prepare, type Statement } from '../database/sql-dialect.js';
import { describeTable, type SqlTable } from '../database/sql-table.js';

/** What shapes the statements; fixed while the application runs. */
export interface StatementOptions {
  /** How many keyed hashes a code is compared with: one for each configured secret. */
  readonly candidates: number;
  readonly verifyOnlyOnce: boolean;
}

/** Every statement of the library, ready to run. */
export type VerificationStatements = Readonly<Record<keyof ReturnType<typeof textsOf>, Statement>>;

/**
 * MariaDB has no `UPDATE … RETURNING`: there the statement carries its outcome in the answer packet's insert id, as the
 * count of failed attempts, 1 to 100, or as one of these for a right code.
 */
export const RIGHT_CODE = 1000;
/** As {@link RIGHT_CODE}, where the verification token was consumed before and so is not replaced. */
export const RIGHT_CODE_CONSUMED = 1001;
/** As {@link RIGHT_CODE}, where a right code was given before. */
export const RIGHT_CODE_AGAIN = 1002;

/** Rows deleted by one statement. */
export const PURGE_BATCH = 1000;

type ColumnName = Exclude<keyof SMSVerification, 'isExpired' | 'toJSON' | symbol>;

type Table = SqlTable<ColumnName>;

const INSERTED: readonly ColumnName[] = [
  'id',
  'phoneNumber',
  'purpose',
  'securityCode',
  'sealedCode',
  'sessionToken',
  'isVerified',
  'failedAttempts',
  'sendCount',
  'expiresAt',
  'createdAt',
  'modifiedAt',
];

/** What is told of a session: none of its four secrets. */
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
] as const satisfies readonly ColumnName[];

/** How many sessions of a number are told of. */
const DESCRIBED_SESSIONS = 100;

/** Builds every statement, once. */
export function buildStatements(dataSource: DataSource, options: StatementOptions): VerificationStatements {
  const table: Table = describeTable(dataSource, SMSVerification);
  const ready = (text: string): Statement => prepare(table.dialect, text);
  const texts = textsOf(table, options);
  return {
    insert: ready(texts.insert),
    noteSend: ready(texts.noteSend),
    check: ready(texts.check),
    accept: ready(texts.accept),
    lastInsertId: ready(texts.lastInsertId),
    findSession: ready(texts.findSession),
    findToken: ready(texts.findToken),
    consumeToken: ready(texts.consumeToken),
    findConsumed: ready(texts.findConsumed),
    countOld: ready(texts.countOld),
    deleteOld: ready(texts.deleteOld),
    describeSessions: ready(texts.describeSessions),
    deleteSessions: ready(texts.deleteSessions),
  };
}

/** What is read of a session before a resend, or to explain a refusal. */
const SESSION = ['id', 'sealedCode', 'failedAttempts', 'expiresAt', 'isVerified', 'sendCount', 'backend'] as const;

function textsOf(table: Table, options: StatementOptions) {
  const { column: c, select } = table;
  return {
    insert: `INSERT INTO ${table.name} (${INSERTED.map(c).join(', ')})
      VALUES (${INSERTED.map((name) => `:${name}`).join(', ')})`,

    noteSend: `UPDATE ${table.name} SET ${c('sendCount')} = ${c('sendCount')} + 1, ${c('lastSentAt')} = :now,
      ${c('backend')} = :backend, ${c('messageId')} = :messageId, ${c('modifiedAt')} = :now WHERE ${c('id')} = :id`,

    /** Compares a code, counts the attempt and makes the transition, all in one. */
    check: checkText(table, options, codeMatches(table, options.candidates)),

    /** The transition alone, for a backend that has compared the code itself. */
    accept: checkText(table, options, '1 = 1'),

    /** What the connection's last statement put into `LAST_INSERT_ID`. Only MariaDB has it. */
    lastInsertId: 'SELECT LAST_INSERT_ID() AS value',

    findSession: `SELECT ${select(...SESSION)}
      FROM ${table.name} WHERE ${sessionIs(table)}`,

    findToken: `SELECT ${select('phoneNumber', 'verifiedAt')} FROM ${table.name} WHERE ${tokenIs(table)}`,

    consumeToken: `UPDATE ${table.name} SET ${c('consumedAt')} = :now, ${c('modifiedAt')} = :now
      WHERE ${tokenIs(table)} ${returning(table, select('phoneNumber', 'verifiedAt'))}`,

    /** What was just consumed, where the database could not answer it with the update. */
    findConsumed: `SELECT ${select('phoneNumber', 'verifiedAt')} FROM ${table.name}
      WHERE ${c('verificationToken')} = :verificationToken`,

    countOld: `SELECT COUNT(*) AS total FROM ${table.name} WHERE ${isOld(table)}`,

    deleteOld: deleteText(table, isOld(table), 'FOR UPDATE SKIP LOCKED'),

    describeSessions: `SELECT ${select(...DESCRIBED)} FROM ${table.name} WHERE ${c('phoneNumber')} = :phoneNumber
      ORDER BY ${c('createdAt')} DESC LIMIT ${DESCRIBED_SESSIONS}`,

    deleteSessions: deleteText(table, `${c('phoneNumber')} = :phoneNumber`, 'FOR UPDATE'),
  };
}

/**
 * The statement of a check. Its conditions are the rules: the session is this token's, number's and purpose's, it has
 * attempts left, it is not over, and it was not verified before where once is enough. The database holds the row's lock
 * from the conditions to the count, so that no other check comes between.
 */
function checkText(table: Table, options: StatementOptions, match: string): string {
  const { column: c } = table;
  // MariaDB assigns from left to right: no column is read after it was assigned.
  return `UPDATE ${table.name} SET
    ${c('verificationToken')} = CASE WHEN ${match} AND ${c('consumedAt')} IS NULL THEN :newToken ELSE ${c('verificationToken')} END,
    ${c('isVerified')} = CASE WHEN ${match} THEN 1 ELSE ${c('isVerified')} END,
    ${c('modifiedAt')} = :now,
    ${c('failedAttempts')} = ${countText(table, match)},
    ${c('verifiedAt')} = CASE WHEN ${match} AND ${c('verifiedAt')} IS NULL THEN :now ELSE ${c('verifiedAt')} END
    WHERE ${sessionIs(table)} AND ${c('failedAttempts')} < :maxFailedAttempts AND ${c('expiresAt')} > :now
    ${options.verifyOnlyOnce ? `AND ${table.column('verifiedAt')} IS NULL` : ''}
    ${returning(table, table.select('failedAttempts', 'consumedAt', 'verifiedAt'))}`;
}

function countText({ dialect, column: c }: Table, match: string): string {
  if (dialect !== 'mariadb') return `CASE WHEN ${match} THEN 0 ELSE ${c('failedAttempts')} + 1 END`;
  const right = `CASE WHEN ${c('verifiedAt')} IS NULL THEN ${RIGHT_CODE}
    WHEN ${c('consumedAt')} IS NULL THEN ${RIGHT_CODE_AGAIN} ELSE ${RIGHT_CODE_CONSUMED} END`;
  return `CASE WHEN ${match} THEN LAST_INSERT_ID(${right}) * 0 ELSE LAST_INSERT_ID(${c('failedAttempts')} + 1) END`;
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

/** Old, and neither an open session nor one whose verification token may still be used. */
function isOld({ column: c }: Table): string {
  return `${c('createdAt')} < :createdBefore AND ${c('expiresAt')} <= :now
    AND (${c('verifiedAt')} IS NULL OR ${c('verifiedAt')} <= :verifiedBefore)`;
}

/** @param lock - Of PostgreSQL; rows that a purge skips are left for the next time instead of being waited for. */
function deleteText(table: Table, condition: string, lock: string): string {
  const { dialect, name, column: c } = table;
  const batch = `${condition} ORDER BY ${c('createdAt')} LIMIT ${PURGE_BATCH}`;
  if (dialect === 'mariadb') return `DELETE FROM ${name} WHERE ${batch}`;
  const locked = dialect === 'postgres' ? lock : '';
  return `DELETE FROM ${name} WHERE ${c('id')} IN (SELECT ${c('id')} FROM ${name} WHERE ${batch} ${locked})`;
}
