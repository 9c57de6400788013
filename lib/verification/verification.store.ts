import type { EntityManager } from 'typeorm';
import type { StorageTimeout } from '../common/time.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { StatementResult, Database, StatementParameters, Row, Run } from '../database/database.js';
import type { DescribedSession } from './phone-records.types.js';
import { SendRecords } from './send-records.js';
import type { SendRecord } from './send-record.statements.js';
import {
  buildStatements,
  PURGE_BATCH,
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

/** The conditions for old rows. Instants are epoch milliseconds. */
export interface OldRows {
  readonly createdBefore: number;
  readonly verifiedBefore: number;
  readonly now: number;
}

/** Stores the sessions in the application's database. */
export class VerificationStore {
  readonly #statements: VerificationStatements;
  readonly #sendRecords: SendRecords;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(
    private readonly database: Database,
    private readonly options: ResolvedPhoneVerifyOptions,
  ) {
    this.#statements = buildStatements(database.dataSource, {
      candidates: Math.max(1, options.secret.length),
      verifyOnlyOnce: options.verifyOnlyOnce,
    });
    this.#sendRecords = new SendRecords(database, options.storage.timeoutMs);
  }

  /** Inserts a session and commits it. */
  async insert(session: NewSession, timeout: StorageTimeout): Promise<void> {
    const values = { ...session, isVerified: 0, failedAttempts: 0, sendCount: 0, modifiedAt: session.createdAt };
    await this.database.run((run) => run(this.#statements.insert, values), timeout);
  }

  /** Records that a backend accepted a message. Records that wait at the same time share a statement. */
  async recordSend(record: SendRecord, timeout: StorageTimeout): Promise<void> {
    await timeout.run((limit) => this.#sendRecords.add(record, limit));
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
    const named = Object.fromEntries(candidates.map((candidate, index) => [`candidate${index}`, candidate]));
    const { maxFailedAttempts } = this.options;
    return this.database.run(async (run) => {
      const result = await run(this.#statements.check, { ...key, ...named, newToken, now, maxFailedAttempts });
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

  /** Counts the rows that a purge would delete. */
  async countOld(old: OldRows, timeout: StorageTimeout): Promise<number> {
    const { rows } = await this.database.run((run) => run(this.#statements.countOld, { ...old }), timeout);
    return Number(rows[0]?.['total']);
  }

  /** Deletes one batch of old rows. `more` tells whether another batch may be there. */
  async deleteOld(old: OldRows, timeout: StorageTimeout): Promise<{ deleted: number; more: boolean }> {
    const { affected } = await this.database.run((run) => run(this.#statements.deleteOld, { ...old }), timeout);
    return { deleted: affected, more: affected === PURGE_BATCH };
  }

  /** The newest sessions of a number, for support. */
  async describeSessions(phoneNumber: string, timeout: StorageTimeout): Promise<DescribedSession[]> {
    const { rows } = await this.database.run((run) => run(this.#statements.describeSessions, { phoneNumber }), timeout);
    return rows.map(readDescription);
  }

  /** Deletes one batch of a number's sessions. `more` tells whether another batch may be there. */
  async deleteSessions(phoneNumber: string, timeout: StorageTimeout): Promise<{ deleted: number; more: boolean }> {
    const { affected } = await this.database.run(
      (run) => run(this.#statements.deleteSessions, { phoneNumber }),
      timeout,
    );
    return { deleted: affected, more: affected === PURGE_BATCH };
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
    return {
      kind: 'correct',
      isTokenIssued: row['consumedAt'] === null,
      isFirst: Number(row['verifiedAt']) === now,
    };
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

function readDescription(row: Row): DescribedSession {
  return {
    id: String(row['id']),
    purpose: String(row['purpose']),
    createdAt: new Date(Number(row['createdAt'])),
    expiresAt: new Date(Number(row['expiresAt'])),
    verifiedAt: readInstant(row['verifiedAt']),
    consumedAt: readInstant(row['consumedAt']),
    failedAttempts: Number(row['failedAttempts']),
    sendCount: Number(row['sendCount']),
    lastSentAt: readInstant(row['lastSentAt']),
    backend: readText(row['backend']),
    messageId: readText(row['messageId']),
  };
}

function readInstant(value: unknown): Date | undefined {
  return value === null ? undefined : new Date(Number(value));
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readTokenRecord(rows: readonly Row[]): TokenRecord | null {
  const [row] = rows;
  if (row === undefined) return null;
  return { phoneNumber: String(row['phoneNumber']), verifiedAt: Number(row['verifiedAt']) };
}
