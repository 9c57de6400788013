import type { DataSource, DataSourceOptions } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, type VerificationResult, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { CORRECT_CODE, NUMBER, OTHER_NUMBER, WRONG_CODE } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from '../docs/example-files.js';

const PAGE = 'docs/scaling.md';
const FILES = { postgres: 'partitioned-sessions.ts', mariadb: 'partitioned-sessions-mariadb.ts' };

const JANUARY = new Date('2027-01-01T00:00:00Z');
const FEBRUARY = new Date('2027-02-01T00:00:00Z');
const MARCH = new Date('2027-03-01T00:00:00Z');
const PARALLEL = 40;
const POOL_SIZE = 5;

/** What the example exports. */
interface Partitions {
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
  addPartition(dataSource: DataSource, name: string, from: Date, until: Date): Promise<void>;
  dropPartition(dataSource: DataSource, name: string): Promise<void>;
}

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-partitions');
});

afterAll(() => examples.remove());

describe.each(serverKinds())('sessions in partitions by month on %s', (kind) => {
  let database: FreshDatabase;
  let partitions: Partitions;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    partitions = await examples.load(PAGE, FILES[kind]);
    const { migrations } = partitions;
    test = await startApplication({
      database: { ...database.options, migrations, poolSize: POOL_SIZE } as DataSourceOptions,
      phoneVerify: { verifyOnlyOnce: true, storage: { timeoutMs: 20_000 } },
    });
    await partitions.addPartition(test.dataSource, 'january', JANUARY, FEBRUARY);
    await partitions.addPartition(test.dataSource, 'february', FEBRUARY, MARCH);
    test.clock.set(FEBRUARY.getTime() - 60_000);
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  async function countIn(partition: string): Promise<number> {
    const rows = kind === 'postgres' ? `sms_verification_${partition}` : `sms_verification PARTITION (${partition})`;
    const [{ total }] = await test.dataSource.query(`SELECT COUNT(*) AS total FROM ${rows}`);
    return Number(total);
  }

  async function checkAll(sessionToken: string, code: string): Promise<VerificationResult[]> {
    const checks = Array.from({ length: PARALLEL }, () => test.service.verifySecurityCode(NUMBER, code, sessionToken));
    return Promise.all(checks);
  }

  function count(results: readonly VerificationResult[], status: VerificationStatus): number {
    return results.filter((result) => result.status === status).length;
  }

  it('are opened in the month, and resent, checked and consumed in the next', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    test.clock.set(FEBRUARY.getTime());
    await test.service.sendSecurityCode(OTHER_NUMBER);
    await test.service.resendSecurityCode(NUMBER, sessionToken);

    const wrong = await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    const correct = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const token = correct.verificationToken ?? '';

    expect([wrong.attemptsLeft, correct.status]).toEqual([4, VerificationStatus.Valid]);
    expect(await test.service.consumeVerifiedPhone(token)).toMatchObject({ phoneNumber: NUMBER });
    expect(await test.service.consumeVerifiedPhone(token)).toBeNull();
    expect(await test.service.describePhone(NUMBER)).toMatchObject({ sessions: [{ sendCount: 2 }] });
    expect([await countIn('january'), await countIn('february'), await countIn('later')]).toEqual([1, 1, 0]);
    expect(await test.service.forgetPhone(NUMBER)).toEqual({ deleted: 1 });
  });

  it('accept one of many parallel correct codes, and compare five of many wrong ones', async () => {
    const one = await test.service.sendSecurityCode(NUMBER);
    const other = await test.service.sendSecurityCode(NUMBER);
    test.clock.set(FEBRUARY.getTime());

    const [correct, wrong] = await Promise.all([
      checkAll(one.sessionToken, CORRECT_CODE),
      checkAll(other.sessionToken, WRONG_CODE),
      Promise.all(Array.from({ length: PARALLEL }, () => test.service.sendSecurityCode(OTHER_NUMBER))),
    ]);

    expect(count(correct, VerificationStatus.Valid)).toBe(1);
    expect(count(wrong, VerificationStatus.Invalid)).toBe(5);
    expect(await countIn('february')).toBe(PARALLEL);
  });

  it('are deleted with their partition, or by a purge', async () => {
    await test.service.sendSecurityCode(NUMBER);
    test.clock.set(FEBRUARY.getTime());
    await test.service.sendSecurityCode(OTHER_NUMBER);

    await partitions.dropPartition(test.dataSource, 'january');
    const left = await test.dataSource.getRepository(SMSVerification).find();
    test.clock.set(MARCH.getTime() + 30 * 86_400_000);
    await test.service.sendSecurityCode(NUMBER);

    expect(left.map(({ phoneNumber }) => phoneNumber)).toEqual([OTHER_NUMBER]);
    expect(await test.service.purgeExpired()).toEqual({ deleted: 1 });
    expect([await countIn('february'), await countIn('later')]).toEqual([0, 1]);
  });
});
