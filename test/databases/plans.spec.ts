import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phoneVerifyMigrations, SMSVerification, SMSVerificationCounter } from '../../lib/index.js';
import { listParameters, type StatementParameters, valuesOf } from '../../lib/database/database.js';
import type { Statement } from '../../lib/database/sql-dialect.js';
import { describeTable } from '../../lib/database/sql-table.js';
import {
  type SessionRecordStatements,
  sessionRecordStatements,
} from '../../lib/verification/session-records.statements.js';
import { sendRecordStatement } from '../../lib/verification/session-writes.statements.js';
import { buildStatements, type VerificationStatements } from '../../lib/verification/verification.statements.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';

const ROWS = 1_000_000;

/** Numbers from 1 to {@link ROWS}, made by the database. */
const SERIES: Readonly<Record<DatabaseKind, string>> = {
  postgres: `SELECT n FROM generate_series(1, ${ROWS}) AS series(n)`,
  mariadb: `SELECT seq AS n FROM seq_1_to_${ROWS}`,
  sqlite: `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${ROWS}) SELECT n FROM series`,
};

const TEXT_OF_NUMBER: Readonly<Record<DatabaseKind, string>> = {
  postgres: 'CAST(n AS text)',
  mariadb: 'CAST(n AS char)',
  sqlite: 'CAST(n AS text)',
};

/** Ten sessions have one number. */
const NUMBER_OF_TEN: Readonly<Record<DatabaseKind, string>> = {
  postgres: 'CAST(n - n % 10 AS text)',
  mariadb: 'CAST(n - n % 10 AS char)',
  sqlite: 'CAST(n - n % 10 AS text)',
};

describe.each(databaseKinds)('with a million sessions on %s', (kind) => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let statements: VerificationStatements & SessionRecordStatements;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    const own = { entities: [SMSVerification, SMSVerificationCounter], migrations: phoneVerifyMigrations };
    dataSource = await new DataSource({ ...database.options, ...own }).initialize();
    await dataSource.runMigrations();
    const number = TEXT_OF_NUMBER[kind];
    await dataSource.query(
      `INSERT INTO sms_verification (id, phone_number, purpose, security_code, sealed_code, session_token,
        verification_token, is_verified, verified_at, failed_attempts, send_count, expires_at, created_at, modified_at)
      SELECT ${number}, ${NUMBER_OF_TEN[kind]}, '', 'code', 'sealed', ${number},
        CASE WHEN n % 2 = 0 THEN ${number} END, n % 2, n, 0, 1, n, n, n FROM (${SERIES[kind]}) AS numbers`,
    );
    await dataSource.query(kind === 'mariadb' ? 'ANALYZE TABLE sms_verification' : 'ANALYZE');
    statements = {
      ...buildStatements(dataSource, { candidates: 1, verifyOnlyOnce: true }),
      ...sessionRecordStatements(dataSource),
    };
  }, 120_000);

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const VALUES: Readonly<Record<string, string | number>> = {
    id: '500000',
    backend: 'backend',
    messageId: 'message',
    sessionToken: '500000',
    verificationToken: '500000',
    phoneNumber: '500000',
    purpose: '',
    candidate0: 'code',
    newToken: 'token',
    maxFailedAttempts: 5,
    now: 400_000,
    verifiedAfter: 0,
    createdBefore: 1000,
    verifiedBefore: 1000,
  };

  async function plan(name: keyof typeof statements): Promise<string> {
    return planOf(statements[name], VALUES);
  }

  /** The plan as one text. */
  async function planOf(statement: Statement, values: StatementParameters): Promise<string> {
    const explain = kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
    const rows: unknown = await dataSource.query(`${explain} ${statement.sql}`, valuesOf(statement, values));
    return JSON.stringify(rows);
  }

  it.each([
    ['check', 'ux_sms_verification_session_token'],
    ['accept', 'ux_sms_verification_session_token'],
    ['findSession', 'ux_sms_verification_session_token'],
    ['findToken', 'ux_sms_verification_verification_token'],
    ['consumeToken', 'ux_sms_verification_verification_token'],
    ['findConsumed', 'ux_sms_verification_verification_token'],
    ['deleteOld', 'ix_sms_verification_created_at'],
    ['describeSessions', 'ix_sms_verification_phone_number_created_at'],
    ['deleteSessions', 'ix_sms_verification_phone_number_created_at'],
  ] as const)('%s goes by the index %s', async (name, index) => {
    const text = await plan(name);

    expect(text).toContain(index);
    expect(text).not.toMatch(/Seq Scan|SCAN sms_verification(?! USING)|"type":"(ALL|index)"/);
  });

  it.each([1, 2, 64])('recording %i sends goes by the primary key', async (count) => {
    const records = Array.from({ length: count }, (_, number) => {
      return { id: String(500_000 + number), backend: 'backend', messageId: 'message', sentAt: 400_000 };
    });
    const statement = sendRecordStatement(describeTable(dataSource, SMSVerification), count);
    const text = await planOf(statement, listParameters(records));

    expect(text).not.toMatch(/Seq Scan|SCAN sms_verification(?! USING)|"type":"(ALL|index)"/);
    expect(text).toMatch(/pk_sms_verification|PRIMARY|sqlite_autoindex_sms_verification/);
  });
});
