import type { EntityManager } from 'typeorm';
import type { StorageTimeout } from '../common/time.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { GroupedStatement } from '../database/grouped-statement.js';
import { SMSVerification } from '../database/sms-verification.entity.js';
import { describeTable } from '../database/sql-table.js';
import type {
  Parameter,
  StatementResult,
  Database,
  StatementParameters,
  Row,
  RowValues,
  Run,
} from '../database/database.js';
import {
  insertStatement,
  type SendRecord,
  sendRecordStatement,
  type SessionWriteTable,
} from './session-writes.statements.js';
import {
  buildStatements,
  CORRECT_CODE,
  CORRECT_CODE_CONSUMED,
  type VerificationStatements,
} from './verification.statements.js';

/** What identifies a session: all three must match. */
export interface SessionKey {
  /** SHA-256 of the session token. */
  readonly sessionToken: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly purpose: string;
}

/** A session to open. */
export interface NewSession extends SessionKey {
  readonly id: string;
  readonly securityCode: string;
  readonly sealedCode: string;
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** The outcome of a comparison; `refused` when no session met the conditions. */
export type CheckOutcome =
  | {
      readonly kind: 'correct';
      readonly isTokenIssued: boolean;
      /** Whether this was the session's first correct code. */
      readonly isFirst: boolean;
    }
  | { readonly kind: 'wrong'; readonly failedAttempts: number }
  | { readonly kind: 'refused'; readonly session: Session | null };

/** A session as it is stored. */
export interface Session {
  readonly id: string;
  readonly sealedCode: string;
  readonly failedAttempts: number;
  readonly expiresAt: number;
  readonly isVerified: boolean;
  /** Messages that the backend took. */
  readonly sendCount: number;
  /** The backend that took the last of them. */
  readonly backend: string | null;
}

/** What identifies a verification token. Instants are epoch milliseconds. */
export interface VerificationTokenKey {
  /** SHA-256 of the verification token. */
  readonly verificationToken: string;
  readonly purpose: string;
  readonly verifiedAfter: number;
}

/** The number that a verification token proves, and when it was verified. */
export interface TokenRecord {
  readonly phoneNumber: string;
  readonly verifiedAt: number;
}

/** Stores the sessions in the application's database. */
export class VerificationStore {
  readonly #statements: VerificationStatements;
  readonly #inserts: GroupedStatement<RowValues>;
  readonly #sendRecords: GroupedStatement<SendRecord>;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(
    private readonly database: Database,
    private readonly options: ResolvedPhoneVerifyOptions,
  ) {
    this.#statements = buildStatements(database.dataSource, {
      candidates: Math.max(1, options.secret.length),
      verifyOnlyOnce: options.verifyOnlyOnce,
    });
    const table: SessionWriteTable = describeTable(database.dataSource, SMSVerification);
    const { timeoutMs, preparedStatements: isPrepared } = options.storage;
    this.#inserts = new GroupedStatement(database, {
      build: (count) => insertStatement(table, count, { isPrepared }),
      keyOf: ({ id }) => id,
      timeoutMs,
    });
    this.#sendRecords = new GroupedStatement(database, {
      build: (count) => sendRecordStatement(table, count),
      keyOf: ({ id }) => id,
      timeoutMs,
    });
  }

  /** Inserts a session and commits it. Sessions that wait at the same time share a statement. */
  insert(session: NewSession, timeout: StorageTimeout): Promise<void> {
    const { id, phoneNumber, purpose, securityCode, sealedCode, sessionToken, expiresAt, createdAt } = session;
    const values = {
      id,
      phoneNumber,
      purpose,
      securityCode,
      sealedCode,
      sessionToken,
      isVerified: 0,
      failedAttempts: 0,
      sendCount: 0,
      expiresAt,
      createdAt,
      modifiedAt: createdAt,
    };
    return this.#inserts.run(values, timeout);
  }

  /** Records that a backend accepted a message. Records that wait at the same time share a statement. */
  recordSend(record: SendRecord, timeout: StorageTimeout): Promise<void> {
    return this.#sendRecords.run(record, timeout);
  }

  /**
   * Compares a code and counts the attempt in one statement, which returns the outcome. One more statement reads the reason
   * only where nothing was compared.
   *
   * @param candidates - The code's keyed hash under each configured secret.
   * @param newToken - SHA-256 of the verification token to issue when the code is correct.
   */
  async check(
    key: SessionKey,
    candidates: readonly string[],
    newToken: string,
    now: number,
    timeout: StorageTimeout,
  ): Promise<CheckOutcome> {
    const { sessionToken, phoneNumber, purpose } = key;
    const { maxFailedAttempts } = this.options;
    const values: Record<string, Parameter> = { sessionToken, phoneNumber, purpose, newToken, now, maxFailedAttempts };
    candidates.forEach((candidate, index) => {
      values[`candidate${index}`] = candidate;
    });
    return this.database.run(async (run) => {
      const result = await run(this.#statements.check, values);
      const comparison = readComparison(await this.#withInsertId(run, result), now);
      return comparison ?? { kind: 'refused', session: await this.#read(run, key) };
    }, timeout);
  }

  /** Marks an open session verified without a comparison; `undefined` if there is none. */
  async accept(
    key: SessionKey,
    newToken: string,
    now: number,
    timeout: StorageTimeout,
  ): Promise<CheckOutcome | undefined> {
    const { maxFailedAttempts } = this.options;
    return this.database.run(async (run) => {
      const result = await run(this.#statements.accept, { ...key, newToken, now, maxFailedAttempts });
      return readComparison(await this.#withInsertId(run, result), now);
    }, timeout);
  }

  /** Finds a session. */
  async find(key: SessionKey, timeout: StorageTimeout): Promise<Session | null> {
    return this.database.run((run) => this.#read(run, key), timeout);
  }

  /** Finds a verification token that was not consumed. */
  async findToken(key: VerificationTokenKey, timeout: StorageTimeout): Promise<TokenRecord | null> {
    const { rows } = await this.database.run((run) => run(this.#statements.findToken, { ...key }), timeout);
    return readTokenRecord(rows);
  }

  /** Consumes a verification token: of any number of parallel callers, one gets it. */
  async consumeToken(
    key: VerificationTokenKey,
    now: number,
    timeout: StorageTimeout,
    manager?: EntityManager,
  ): Promise<TokenRecord | null> {
    const operation = async (run: Run): Promise<TokenRecord | null> => {
      const { affected, rows } = await run(this.#statements.consumeToken, { ...key, now });
      if (rows.length > 0 || affected === 0) return readTokenRecord(rows);
      return readTokenRecord(
        (await run(this.#statements.findConsumed, { verificationToken: key.verificationToken })).rows,
      );
    };
    return manager === undefined
      ? this.database.run(operation, timeout)
      : this.database.runWith(manager, operation, timeout);
  }

  /**
   * MariaDB leaves the insert id out of the response if a trigger ran, such as one for an audit or an online schema change.
   * The connection still knows it.
   */
  async #withInsertId(run: Run, result: StatementResult): Promise<StatementResult> {
    if (this.database.dialect !== 'mariadb' || result.affected === 0 || result.insertId !== 0) return result;
    const { rows } = await run(this.#statements.lastInsertId, {});
    return { ...result, insertId: Number(rows[0]?.['value']) };
  }

  async #read(run: Run, key: SessionKey): Promise<Session | null> {
    const { rows } = await run(this.#statements.findSession, { ...key } satisfies StatementParameters);
    return rows[0] === undefined ? null : readSession(rows[0]);
  }
}

/** Reads the outcome from the statement of a check; `undefined` if it compared nothing. */
function readComparison({ rows, insertId }: StatementResult, now: number): CheckOutcome | undefined {
  const [row] = rows;
  if (row !== undefined) {
    const failedAttempts = Number(row['failedAttempts']);
    if (failedAttempts > 0) return { kind: 'wrong', failedAttempts };
    // With `verifyOnlyOnce`, the statement returns the count alone: every correct code is the first.
    const { consumedAt = null, verifiedAt = now } = row;
    return { kind: 'correct', isTokenIssued: consumedAt === null, isFirst: Number(verifiedAt) === now };
  }
  if (insertId === 0) return undefined;
  if (insertId < CORRECT_CODE) return { kind: 'wrong', failedAttempts: insertId };
  return { kind: 'correct', isTokenIssued: insertId !== CORRECT_CODE_CONSUMED, isFirst: insertId === CORRECT_CODE };
}

function readSession(row: Row): Session {
  return {
    id: String(row['id']),
    sealedCode: String(row['sealedCode']),
    failedAttempts: Number(row['failedAttempts']),
    expiresAt: Number(row['expiresAt']),
    isVerified: Number(row['isVerified']) === 1,
    sendCount: Number(row['sendCount']),
    backend: typeof row['backend'] === 'string' ? row['backend'] : null,
  };
}

function readTokenRecord(rows: readonly Row[]): TokenRecord | null {
  const [row] = rows;
  if (row === undefined) return null;
  return { phoneNumber: String(row['phoneNumber']), verifiedAt: Number(row['verifiedAt']) };
}
