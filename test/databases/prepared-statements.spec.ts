import type { DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimitedError, ResendRefusedError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { CORRECT_CODE, NUMBER, OTHER_NUMBER, WRONG_CODE } from '../support/requests.js';

/** MariaDB a second time through TypeORM's type `mysql`, which uses transactions. */
const KINDS = [...databaseKinds, ...(databaseKinds.includes('mariadb') ? (['mysql'] as const) : [])];

/** Statements of ours that the server has prepared for the pool's only connection. */
const COUNT_PREPARED = {
  postgres: `SELECT count(*) AS count FROM pg_prepared_statements WHERE name LIKE 'phone_verify_%'`,
  mariadb: `SELECT variable_value AS count FROM information_schema.session_status WHERE variable_name = 'COM_STMT_EXECUTE'`,
};

describe.each(KINDS)('with prepared statements on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind === 'mysql' ? 'mariadb' : kind);
    test = await startApplication({
      database: {
        ...database.options,
        ...(kind === 'mysql' && { type: 'mysql' }),
        ...(kind === 'postgres' ? { poolSize: 1 } : { extra: { connectionLimit: 1 } }),
      } as DataSourceOptions,
      phoneVerify: { storage: { preparedStatements: true }, limits: {}, verifyOnlyOnce: true },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  async function countPrepared(): Promise<number> {
    const [row] = await test.dataSource.query(COUNT_PREPARED[kind === 'postgres' ? 'postgres' : 'mariadb']);
    return Number(row.count);
  }

  /** Statements that the server keeps for the pool's only connection. */
  async function countKept(): Promise<number> {
    if (kind === 'postgres') return countPrepared();
    const [row] = await test.dataSource.query(`SHOW SESSION STATUS LIKE 'Com_stmt_prepare'`);
    return Number(row.Value);
  }

  it('everything that a person does works, twice', async () => {
    for (const number of [NUMBER, OTHER_NUMBER]) {
      const { sessionToken } = await test.service.sendSecurityCode(number, { ip: '192.0.2.1' });
      await expect(test.service.sendSecurityCode(number, { ip: '192.0.2.1' })).rejects.toThrow(RateLimitedError);
      test.clock.advance(31);
      await test.service.resendSecurityCode(number, sessionToken);
      const wrong = await test.service.verifySecurityCode(number, WRONG_CODE, sessionToken);
      const correct = await test.service.verifySecurityCode(number, CORRECT_CODE, sessionToken);
      const again = await test.service.verifySecurityCode(number, CORRECT_CODE, sessionToken);

      expect(wrong).toMatchObject({ status: VerificationStatus.Invalid, attemptsLeft: 4 });
      expect(correct.status).toBe(VerificationStatus.Valid);
      expect(again.status).toBe(VerificationStatus.Verified);
      await expect(test.service.resendSecurityCode(number, sessionToken)).rejects.toThrow(ResendRefusedError);
      const token = correct.verificationToken ?? '';
      expect(await test.service.consumeVerifiedPhone(token)).toMatchObject({ phoneNumber: number });
      expect(await test.service.consumeVerifiedPhone(token)).toBeNull();
      expect(await test.service.describePhone(number)).toMatchObject({
        sessions: [{ sendCount: 2, backend: 'SandboxBackend' }],
      });
    }
    await test.exchangeConversion();
    expect(await test.service.forgetPhone(NUMBER)).toEqual({ deleted: 1 });
    expect(await test.service.purgeExpired()).toEqual({ deleted: 0 });
  });

  it.skipIf(kind === 'sqlite')('the server prepared them', async () => {
    expect(await countPrepared()).toBeGreaterThan(5);
  });

  it('parallel sends and checks work', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => `+49151${23456000 + index}`);
    const sent = await Promise.all(numbers.map((number) => test.service.sendSecurityCode(number)));
    const results = await Promise.all(
      sent.map(({ phoneNumber, sessionToken }) =>
        test.service.verifySecurityCode(phoneNumber, CORRECT_CODE, sessionToken),
      ),
    );

    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([VerificationStatus.Valid]));
  });

  it.skipIf(kind === 'sqlite')('statements about a number of rows leave no statement for each number', async () => {
    const before = await countKept();
    for (let count = 1; count <= 8; count++) {
      const numbers = Array.from({ length: count }, (_, index) => `+49151${24_000_000 + 100 * count + index}`);
      await Promise.all(
        numbers.map((number, index) => test.service.sendSecurityCode(number, { ip: `192.0.2.${index}` })),
      );
    }

    expect((await countKept()) - before).toBeLessThan(3);
  });

  it('a migration between two requests changes nothing', async () => {
    const number = '+4915123450000';
    const { sessionToken } = await test.service.sendSecurityCode(number);
    await test.dataSource.query('ALTER TABLE sms_verification ALTER COLUMN backend TYPE text').catch(() => undefined);
    await test.dataSource.query('ALTER TABLE sms_verification ADD COLUMN note varchar(10)');
    test.clock.advance(31);

    await test.service.resendSecurityCode(number, sessionToken);
    const { status } = await test.service.verifySecurityCode(number, CORRECT_CODE, sessionToken);

    expect(status).toBe(VerificationStatus.Valid);
  });

  it('an error of the database shows no parameter', async () => {
    await test.dataSource.query('DROP TABLE sms_verification_counter');

    const error: unknown = await test.service.sendSecurityCode('+4915123450001').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'storage_unavailable' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('4915123450001');
  });
});
