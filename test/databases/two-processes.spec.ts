import type { DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerification, type VerificationResult, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { RemoteApplication } from '../support/remote-application.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { beginSessionsWith, type IsolationLevel, withIsolation } from '../support/session-default.js';

const { Valid, Invalid, Verified, TooManyAttempts } = VerificationStatus;

const PARALLEL = 50;
const RETENTION_DAYS = 30;

interface Setup {
  readonly name: string;
  readonly kind: DatabaseKind;
  readonly isolation?: IsolationLevel;
  readonly sessionStatement?: string;
}

const ISOLATION_LEVELS: readonly IsolationLevel[] = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];

const SETUPS: readonly Setup[] = [
  { name: 'sqlite', kind: 'sqlite' },
  ...ISOLATION_LEVELS.map((isolation) => ({
    name: `postgres under ${isolation}`,
    kind: 'postgres' as const,
    isolation,
  })),
  ...ISOLATION_LEVELS.map((isolation) => ({
    name: `mariadb under ${isolation}`,
    kind: 'mariadb' as const,
    isolation,
    sessionStatement: `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`,
  })),
  {
    name: 'mariadb with innodb_snapshot_isolation',
    kind: 'mariadb',
    sessionStatement: 'SET SESSION innodb_snapshot_isolation = ON',
  },
];

function optionsOf({ options }: FreshDatabase, isolation: IsolationLevel = 'REPEATABLE READ'): DataSourceOptions {
  return options.type === 'better-sqlite3' ? options : withIsolation(options, isolation, PARALLEL / 2);
}

describe.each(SETUPS.filter(({ kind }) => databaseKinds.includes(kind)))(
  'two processes on $name',
  ({ kind, isolation, sessionStatement }) => {
    let database: FreshDatabase;
    let here: TestApplication;
    let there: RemoteApplication;

    beforeAll(async () => {
      database = await freshDatabase(kind);
      const options = { database: optionsOf(database, isolation), phoneVerify: { storage: { timeoutMs: 20_000 } } };
      here = await startApplication(options);
      if (sessionStatement) await beginSessionsWith(here.dataSource, sessionStatement);
      there = await RemoteApplication.start({ ...options, sessionStatement });
      // Both processes use the same time, so the session that was opened last is the newest.
      await there.setClock(here.clock.now());
    });

    afterAll(async () => {
      await there.kill();
      await here.close();
      await database.drop();
    });

    /** Checks all codes in parallel, every other one in the other process. */
    async function checkAll(sessionToken: string, codes: readonly string[]): Promise<VerificationResult[]> {
      const results = await Promise.all([
        Promise.all(
          codes
            .filter((_code, index) => index % 2 === 0)
            .map((code) => here.service.verifySecurityCode(NUMBER, code, sessionToken)),
        ),
        there.verifyAll(
          NUMBER,
          codes.filter((_code, index) => index % 2 === 1),
          sessionToken,
        ),
      ]);
      return results.flat();
    }

    async function lastSession(): Promise<SMSVerification | undefined> {
      const [session] = await here.dataSource
        .getRepository(SMSVerification)
        .find({ order: { createdAt: 'DESC' }, take: 1 });
      return session;
    }

    function count(results: readonly VerificationResult[], status: VerificationStatus): number {
      return results.filter((result) => result.status === status).length;
    }

    async function open(): Promise<string> {
      here.clock.advance(1);
      return (await here.service.sendSecurityCode(NUMBER)).sessionToken;
    }

    it('verify the sessions that the other process opened', async () => {
      const { sessionToken } = await there.send(NUMBER);

      expect((await here.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status).toBe(Valid);
      expect(await there.verifyAll(NUMBER, [CORRECT_CODE], await open())).toMatchObject([{ status: Valid }]);
    });

    it('accept one of fifty parallel correct codes, and report the others as already verified', async () => {
      const results = await checkAll(await open(), Array(PARALLEL).fill(CORRECT_CODE));

      expect([count(results, Valid), count(results, Verified)]).toEqual([1, PARALLEL - 1]);
      expect(results.filter(({ verificationToken }) => verificationToken !== undefined)).toHaveLength(1);
    });

    it('compare five of fifty parallel wrong codes, each with a different count', async () => {
      const results = await checkAll(await open(), Array(PARALLEL).fill(WRONG_CODE));

      const left = results.filter(({ status }) => status === Invalid).map(({ attemptsLeft }) => attemptsLeft ?? -1);
      expect(left.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
      expect(count(results, TooManyAttempts)).toBe(PARALLEL - 5);
      expect(await lastSession()).toMatchObject({ failedAttempts: 5, isVerified: false });
    });

    it('accept a correct code among forty-nine parallel wrong ones, unless it comes after the last attempt', async () => {
      const codes = Array.from({ length: PARALLEL }, (_, index) => (index === 2 ? CORRECT_CODE : WRONG_CODE));
      const results = await checkAll(await open(), codes);
      const isVerified = (await lastSession())?.isVerified;

      const invalid = count(results, Invalid);
      expect(invalid).toBeLessThanOrEqual(isVerified ? 4 : 5);
      expect([Valid, Invalid, Verified, TooManyAttempts].map((status) => count(results, status))).toEqual(
        isVerified ? [1, invalid, PARALLEL - 1 - invalid, 0] : [0, 5, 0, PARALLEL - 5],
      );
    });

    it('delete each old row once, and no other, in parallel purges during other requests', async () => {
      const repository = here.dataSource.getRepository(SMSVerification);
      const session = await lastSession();
      const old = new Date(here.clock.now() - (RETENTION_DAYS + 1) * 86_400_000);
      const instants = { createdAt: old, expiresAt: old, verifiedAt: null, verificationToken: null };
      const row = (index: number) => ({ ...session, ...instants, id: `old-${index}`, sessionToken: `old-${index}` });
      const before = await repository.count();
      await repository.insert(Array.from({ length: 1500 }, (_, index) => row(index)));
      const tokens = await Promise.all(Array.from({ length: 10 }, () => open()));

      const [statuses, ...purges] = await Promise.all([
        Promise.all(tokens.map((token) => checkAll(token, [WRONG_CODE, CORRECT_CODE]))),
        here.service.purgeExpired(),
        there.purge({ olderThanDays: RETENTION_DAYS }),
        here.service.purgeExpired(),
        Promise.all(tokens.map(() => here.service.sendSecurityCode(NUMBER))),
      ]);

      const deleted = purges.slice(0, 3).map((purge) => ('deleted' in purge ? purge.deleted : 0));
      expect(deleted.reduce((sum, some) => sum + some)).toBe(1500);
      expect(await repository.count()).toBe(before + 20);
      expect(statuses.map((results) => count(results, Valid))).toEqual(tokens.map(() => 1));
    });
  },
);
