import type { StorageTimeout } from '../common/time.js';
import type { Database, Row } from '../database/database.js';
import type { DescribedSession } from './phone-records.types.js';
import { PURGE_BATCH, type SessionRecordStatements, sessionRecordStatements } from './session-records.statements.js';

/** The conditions for old rows. Instants are epoch milliseconds. */
export interface OldRows {
  readonly createdBefore: number;
  readonly verifiedBefore: number;
  readonly now: number;
}

/** Reads and deletes sessions for operators and for the retention. */
export class SessionRecordStore {
  readonly #statements: SessionRecordStatements;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(private readonly database: Database) {
    this.#statements = sessionRecordStatements(database.dataSource);
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
