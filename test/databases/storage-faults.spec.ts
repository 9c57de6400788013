import { setTimeout as pauseFor } from 'node:timers/promises';
import { inspect } from 'node:util';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, StorageUnavailableError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { RecordedLogs } from '../support/logs.js';
import { beforeStatements } from '../support/statements.js';
import { NUMBER, register, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';

const TIMEOUT_MS = 400;

/** Statements with which another connection locks and unlocks the whole table. */
const LOCK: Readonly<Record<DatabaseKind, { lock: string[]; release: string }>> = {
  sqlite: { lock: ['BEGIN EXCLUSIVE'], release: 'ROLLBACK' },
  postgres: { lock: ['BEGIN', 'LOCK TABLE sms_verification'], release: 'ROLLBACK' },
  mariadb: { lock: ['LOCK TABLES sms_verification WRITE'], release: 'UNLOCK TABLES' },
};

describe.each(databaseKinds)('an unavailable database on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      // SQLite's driver waits for a lock synchronously, which blocks the process.
      database: { ...database.options, timeout: 50 } as DataSourceOptions,
      phoneVerify: { storage: { timeoutMs: TIMEOUT_MS } },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** Runs work while another connection has locked the table. */
  async function whileLocked<T>(work: () => Promise<T>): Promise<T> {
    const { lock, release } = LOCK[kind];
    const holder = await new DataSource(database.options).initialize();
    const queryRunner = holder.createQueryRunner();
    try {
      for (const statement of lock) await queryRunner.query(statement);
      return await work();
    } finally {
      await queryRunner.query(release);
      await queryRunner.release();
      await holder.destroy();
    }
  }

  it('causes a 503 response to a register within the time limit, and no message, even later', async () => {
    const started = performance.now();
    const { status } = await whileLocked(() => register(test.app));
    const took = performance.now() - started;
    const { body } = await register(test.app).expect(200);

    expect(status).toBe(503);
    expect(took).toBeLessThan(5 * TIMEOUT_MS);
    expect(test.sandbox.outbox).toHaveLength(1);
    expect((await verify(test.app, NUMBER, body.session_token, CORRECT_CODE)).status).toBe(200);
  });

  it('causes a 503 response to a check, and the session works when the database is back', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status, body } = await whileLocked(() => verify(test.app, NUMBER, sessionToken, WRONG_CODE));

    expect(status).toBe(503);
    expect(body.code).toBe('service_unavailable');
    expect((await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status).toBe(
      VerificationStatus.Valid,
    );
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    expect(session?.isVerified).toBe(true);
  });

  it('causes an error of every other operation, never a result', async () => {
    const outcomes = await whileLocked(() =>
      Promise.allSettled([
        test.service.getVerifiedPhone('any'),
        test.service.consumeVerifiedPhone('any'),
        test.service.resendSecurityCode(NUMBER, 'any'),
        test.service.purgeExpired(),
      ]),
    );

    const unavailable = { reason: expect.any(StorageUnavailableError) };
    expect(outcomes).toMatchObject([unavailable, unavailable, unavailable, unavailable]);
  });

  it('does not change the response if the message was already sent', async () => {
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      await test.dataSource.query('ALTER TABLE sms_verification RENAME TO sms_verification_away');
      return send(number, message);
    };

    const { status, body } = await register(test.app);
    await test.dataSource.query('ALTER TABLE sms_verification_away RENAME TO sms_verification');

    expect(status).toBe(200);
    expect((await verify(test.app, NUMBER, body.session_token, CORRECT_CODE)).status).toBe(200);
  });

  it('causes an error without the values that the message of the driver contains', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    await test.dataSource.query('CREATE UNIQUE INDEX one_session_a_number ON sms_verification (phone_number)');

    const error: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'storage_unavailable', cause: { code: expect.any(String) } });
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [NUMBER, NUMBER.slice(1), sessionToken, session?.sessionToken, CORRECT_CODE]) {
      expect(text).not.toContain(secret);
    }
    expect(test.sandbox.outbox).toHaveLength(1);
  });
});

it.each(databaseKinds)('all statements of a request on %s share one time limit', async (kind) => {
  const database = await freshDatabase(kind);
  const test = await startApplication({
    database: database.options,
    phoneVerify: { limits: {}, storage: { timeoutMs: TIMEOUT_MS } },
  });
  // Neither the charge nor the insert alone exceeds the time limit.
  const stop = beforeStatements(test.dataSource, () => pauseFor(0.7 * TIMEOUT_MS));

  expect((await register(test.app)).status).toBe(503);
  expect(test.sandbox.outbox).toEqual([]);

  stop();
  await test.close();
  await database.drop();
});

describe.runIf(databaseKinds.includes('postgres'))('a statement timeout of PostgreSQL', () => {
  it.each([
    [{}, true],
    [{ extra: { statement_timeout: 4500 } }, false],
    [{ extra: { options: '-c statement_timeout=4500' } }, false],
  ])('is recommended at startup if there is none: %o', async (limits, isRecommended) => {
    const database = await freshDatabase('postgres');
    const logger = new RecordedLogs();
    const test = await startApplication({ database: { ...database.options, ...limits } as DataSourceOptions, logger });

    expect(logger.text.includes('The database has no `statement_timeout` for this user.')).toBe(isRecommended);

    await test.close();
    await database.drop();
  });
});

describe.runIf(databaseKinds.includes('mariadb'))('a statement timeout of MariaDB', () => {
  it('is recommended at startup if there is none', async () => {
    const database = await freshDatabase('mariadb');
    const logger = new RecordedLogs();
    const test = await startApplication({ database: database.options, logger });

    expect(logger.text).toContain('The database has no `max_statement_time` for this user.');

    await test.close();
    await database.drop();
  });
});

describe.runIf(databaseKinds.includes('postgres'))('a connect timeout for PostgreSQL', () => {
  it.each([
    [{}, true],
    [{ connectTimeoutMS: 1000 }, false],
    [{ extra: { connectionTimeoutMillis: 1000 } }, false],
  ])('is recommended at startup if there is none: %o', async (limits, isRecommended) => {
    const database = await freshDatabase('postgres');
    const logger = new RecordedLogs();
    const test = await startApplication({ database: { ...database.options, ...limits } as DataSourceOptions, logger });

    expect(logger.text.includes('no `connectTimeoutMS`')).toBe(isRecommended);

    await test.close();
    await database.drop();
  });
});
