import { QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SMSVerification, StorageUnavailableError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import {
  type DatabaseKind,
  databaseKinds,
  type FreshDatabase,
  freshDatabase,
  serverKinds,
} from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { beginSessionsWith, withIsolation } from '../support/session-default.js';
import { beforeStatements, untilOneWaits } from '../support/statements.js';

const TIMEOUT_MS = 400;

const TRANSIENT_ERRORS: Readonly<Record<DatabaseKind, readonly string[]>> = {
  sqlite: ['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED'],
  postgres: ['40001', '40P01'],
  mariadb: ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
};

describe.each(databaseKinds)('a failed statement on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: database.options,
      phoneVerify: { storage: { timeoutMs: TIMEOUT_MS } },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  /** Makes the first statements of an operation fail. Returns how many statements were tried. */
  async function whileFailing<T>(code: string, times: number, operation: () => Promise<T>) {
    let tries = 0;
    const stop = beforeStatements(test.dataSource, async (place) => {
      tries += 1;
      if (place < times) throw queryError(code);
    });
    const [outcome] = await Promise.allSettled([operation()]);
    stop();
    return { tries, outcome };
  }

  function check(sessionToken: string, code: string) {
    return () => test.service.verifySecurityCode(NUMBER, code, sessionToken);
  }

  it.each(TRANSIENT_ERRORS[kind])('is retried after %s, and counted once', async (code) => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const { tries, outcome } = await whileFailing(code, 3, check(sessionToken, WRONG_CODE));

    expect(outcome).toMatchObject({ value: { status: VerificationStatus.Invalid, attemptsLeft: 4 } });
    expect(tries).toBe(4);
    expect(await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).toMatchObject({ attemptsLeft: 3 });
  });

  it('is retried after transient errors until the time limit', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const started = performance.now();

    const { tries, outcome } = await whileFailing(
      TRANSIENT_ERRORS[kind][0] ?? '',
      Number.POSITIVE_INFINITY,
      check(sessionToken, CORRECT_CODE),
    );

    expect(outcome).toMatchObject({ reason: expect.any(StorageUnavailableError) });
    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + 1000);
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(TIMEOUT_MS);
  });

  it('is not retried after any other error', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const { tries, outcome } = await whileFailing('another', 1, check(sessionToken, CORRECT_CODE));

    expect(outcome).toMatchObject({ reason: expect.any(StorageUnavailableError) });
    expect(tries).toBe(1);
  });

  it("is not retried inside the caller's transaction", async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const [code = ''] = TRANSIENT_ERRORS[kind];
    const queryRunner = test.dataSource.createQueryRunner();
    await queryRunner.startTransaction();
    const spy = vi.spyOn(queryRunner, 'query').mockRejectedValue(queryError(code));
    const { manager } = queryRunner;

    const consumed = test.service.consumeVerifiedPhone(verificationToken, { manager });

    await expect(consumed).rejects.toMatchObject({ code: 'storage_unavailable', cause: { code } });
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    await queryRunner.rollbackTransaction();
    await queryRunner.release();
    expect(await test.service.consumeVerifiedPhone(verificationToken)).not.toBeNull();
  });
});

describe.each(serverKinds())('a check on %s that waited for a row which then changed', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: withIsolation(database.options, 'REPEATABLE READ', 3) });
    await beginSessionsWith(test.dataSource, 'SET SESSION innodb_snapshot_isolation = ON');
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it('is retried and counted once', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const check = await test.dataSource.transaction(async (manager) => {
      await manager.query('UPDATE sms_verification SET modified_at = modified_at + 1');
      const waiting = test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
      await untilOneWaits(test.dataSource);
      return { waiting };
    });

    expect(await check.waiting).toEqual({ status: VerificationStatus.Invalid, attemptsLeft: 4 });
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    expect(session?.failedAttempts).toBe(1);
  });
});

function queryError(code: string): QueryFailedError {
  return new QueryFailedError('a statement', [], Object.assign(new Error('refused'), { code }));
}
