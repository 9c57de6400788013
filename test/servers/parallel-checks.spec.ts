import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, RIGHT_CODE, WRONG_CODE } from '../support/requests.js';
import { SecondProcess } from '../support/second-process.js';
import { beginSessionsWith, withIsolation } from '../support/session-default.js';

const { Valid, Invalid, Verified, TooManyAttempts } = VerificationStatus;

const CONNECTIONS = 50;

describe.each(serverKinds())('parallel checks on %s', (kind) => {
  describe.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const)('under %s', (isolation) => {
    let database: FreshDatabase;
    let test: TestApplication;
    let second: SecondProcess;

    beforeAll(async () => {
      database = await freshDatabase(kind);
      const options = withIsolation(database.options, isolation, CONNECTIONS / 2);
      const phoneVerify = { storage: { timeoutMs: 20_000 } };
      const sessionStatement = `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`;
      test = await startApplication({ database: options, phoneVerify });
      await beginSessionsWith(test.dataSource, sessionStatement);
      second = await SecondProcess.start({
        database: options,
        phoneVerify,
        sessionStatement: kind === 'mariadb' ? sessionStatement : undefined,
      });
    });

    afterAll(async () => {
      await second.stop();
      await test.close();
      await database.drop();
    });

    /** Half of the codes are checked here and half in the second process, all at once. */
    async function checkAll(sessionToken: string, codes: readonly string[]): Promise<VerificationStatus[]> {
      const half = codes.length / 2;
      const [here, there] = await Promise.all([
        Promise.all(codes.slice(0, half).map((code) => test.service.verifySecurityCode(NUMBER, code, sessionToken))),
        second.verifyAll(NUMBER, codes.slice(half), sessionToken),
      ]);
      return [...here, ...there].map(({ status }) => status);
    }

    function repeat(code: string, times = CONNECTIONS): string[] {
      return Array.from({ length: times }, () => code);
    }

    async function failedAttempts(): Promise<number[]> {
      const rows: { failed_attempts: number }[] = await test.dataSource.query(
        'SELECT failed_attempts FROM sms_verification ORDER BY created_at DESC, failed_attempts DESC',
      );
      return rows.map((row) => row.failed_attempts);
    }

    it('lets one of fifty right codes through', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

      const statuses = await checkAll(sessionToken, repeat(RIGHT_CODE));

      expect(statuses.filter((status) => status === Valid)).toHaveLength(1);
      expect(statuses.filter((status) => status === Verified)).toHaveLength(CONNECTIONS - 1);
    });

    it('compares as many of fifty wrong codes as a session has attempts', async () => {
      test.clock.advance(1);
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

      const statuses = await checkAll(sessionToken, repeat(WRONG_CODE));

      expect(statuses.filter((status) => status === Invalid)).toHaveLength(5);
      expect(statuses.filter((status) => status === TooManyAttempts)).toHaveLength(CONNECTIONS - 5);
      expect((await failedAttempts())[0]).toBe(5);
    });

    it('gives each wrong code a count of its own', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

      const results = await Promise.all(
        repeat(WRONG_CODE, 25).map((code) => test.service.verifySecurityCode(NUMBER, code, sessionToken)),
      );

      const counts = results.map(({ attemptsLeft }) => attemptsLeft).filter((left) => left !== undefined);
      expect(counts).toHaveLength(5);
      expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4]));
    });

    it('answers at most one right code among forty-nine wrong ones', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
      const codes = repeat(WRONG_CODE);
      codes[CONNECTIONS / 2] = RIGHT_CODE;

      const statuses = await checkAll(sessionToken, codes);

      expect(statuses.filter((status) => status === Valid).length).toBeLessThanOrEqual(1);
      expect(statuses.filter((status) => status === Invalid).length).toBeLessThanOrEqual(5);
    });
  });
});
