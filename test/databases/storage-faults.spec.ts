import { setTimeout as pauseFor } from 'node:timers/promises';
import { inspect } from 'node:util';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, StorageUnavailableError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { KeptLogs } from '../support/logs.js';
import { beforeStatements } from '../support/statements.js';
import { NUMBER, register, RIGHT_CODE, verify, WRONG_CODE } from '../support/requests.js';

const TIMEOUT_MS = 400;

/** Statements with which somebody else takes the whole table for himself, and gives it back. */
const HOLD: Readonly<Record<DatabaseKind, { take: string[]; release: string }>> = {
  sqlite: { take: ['BEGIN EXCLUSIVE'], release: 'ROLLBACK' },
  postgres: { take: ['BEGIN', 'LOCK TABLE sms_verification'], release: 'ROLLBACK' },
  mariadb: { take: ['LOCK TABLES sms_verification WRITE'], release: 'UNLOCK TABLES' },
};

describe.each(databaseKinds)('a fault of the storage on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      // SQLite's driver waits for a lock by itself and lets nothing else happen meanwhile.
      database: { ...database.options, timeout: 50 } as DataSourceOptions,
      phoneVerify: { storage: { timeoutMs: TIMEOUT_MS } },
    });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** Runs something while the table belongs to somebody else. */
  async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
    const { take, release } = HOLD[kind];
    const holder = await new DataSource(database.options).initialize();
    const queryRunner = holder.createQueryRunner();
    try {
      for (const statement of take) await queryRunner.query(statement);
      return await work();
    } finally {
      await queryRunner.query(release);
      await queryRunner.release();
      await holder.destroy();
    }
  }

  it('at a registration answers 503 in time and sends nothing, then or later', async () => {
    const started = performance.now();
    const { status } = await whileHeld(() => register(test.app));
    const took = performance.now() - started;
    const { body } = await register(test.app).expect(200);

    expect(status).toBe(503);
    expect(took).toBeLessThan(5 * TIMEOUT_MS);
    expect(test.sandbox.outbox).toHaveLength(1);
    expect((await verify(test.app, NUMBER, body.session_token, RIGHT_CODE)).status).toBe(200);
  });

  it('at a check answers 503 in time, and the session works once it is over', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status, body } = await whileHeld(() => verify(test.app, NUMBER, sessionToken, WRONG_CODE));

    expect(status).toBe(503);
    expect(body.code).toBe('service_unavailable');
    expect((await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken)).status).toBe(
      VerificationStatus.Valid,
    );
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    expect(session?.isVerified).toBe(true);
  });

  it('at anything else is an error, never an answer', async () => {
    const outcomes = await whileHeld(() =>
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

  it('after the message went changes nothing for the person who waits for it', async () => {
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      await test.dataSource.query('ALTER TABLE sms_verification RENAME TO sms_verification_away');
      return send(number, message);
    };

    const { status, body } = await register(test.app);
    await test.dataSource.query('ALTER TABLE sms_verification_away RENAME TO sms_verification');

    expect(status).toBe(200);
    expect((await verify(test.app, NUMBER, body.session_token, RIGHT_CODE)).status).toBe(200);
  });

  it('that names the values at fault is passed on without them', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    await test.dataSource.query('CREATE UNIQUE INDEX one_session_a_number ON sms_verification (phone_number)');

    const error: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'storage_unavailable', cause: { code: expect.any(String) } });
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [NUMBER, NUMBER.slice(1), sessionToken, session?.sessionToken, RIGHT_CODE]) {
      expect(text).not.toContain(secret);
    }
    expect(test.sandbox.outbox).toHaveLength(1);
  });
});

it.each(databaseKinds)('all statements of one request on %s have one time limit together', async (kind) => {
  const database = await freshDatabase(kind);
  const test = await startApplication({
    database: database.options,
    phoneVerify: { limits: {}, storage: { timeoutMs: TIMEOUT_MS } },
  });
  // Neither the charge nor the insert takes too long by itself.
  const stop = beforeStatements(test.dataSource, () => pauseFor(0.7 * TIMEOUT_MS));

  expect((await register(test.app)).status).toBe(503);
  expect(test.sandbox.outbox).toEqual([]);

  stop();
  await test.close();
  await database.drop();
});

describe.runIf(databaseKinds.includes('postgres'))('a limit of PostgreSQL on its statements', () => {
  it.each([
    [{}, true],
    [{ extra: { statement_timeout: 4500 } }, false],
    [{ extra: { options: '-c statement_timeout=4500' } }, false],
  ])('is recommended at startup where there is none: %o', async (limits, isRecommended) => {
    const database = await freshDatabase('postgres');
    const logger = new KeptLogs();
    const test = await startApplication({ database: { ...database.options, ...limits } as DataSourceOptions, logger });

    expect(logger.text.includes('The database has no `statement_timeout` for this user.')).toBe(isRecommended);

    await test.close();
    await database.drop();
  });
});

describe.runIf(databaseKinds.includes('mariadb'))('a limit of MariaDB on its statements', () => {
  it('is recommended at startup where there is none', async () => {
    const database = await freshDatabase('mariadb');
    const logger = new KeptLogs();
    const test = await startApplication({ database: database.options, logger });

    expect(logger.text).toContain('The database has no `max_statement_time` for this user.');

    await test.close();
    await database.drop();
  });
});

describe.runIf(databaseKinds.includes('postgres'))('connections to PostgreSQL that may hang', () => {
  it.each([
    [{}, true],
    [{ connectTimeoutMS: 1000 }, false],
    [{ extra: { connectionTimeoutMillis: 1000 } }, false],
  ])('are told of at start-up: %o', async (limits, isTold) => {
    const database = await freshDatabase('postgres');
    const logger = new KeptLogs();
    const test = await startApplication({ database: { ...database.options, ...limits } as DataSourceOptions, logger });

    expect(logger.text.includes('no `connectTimeoutMS`')).toBe(isTold);

    await test.close();
    await database.drop();
  });
});
