import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerificationCounter } from '../../lib/index.js';
import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import {
  type DatabaseStoreKind,
  databaseStoreKinds,
  type DatabaseStoreOptions,
  type DatabaseStoreUnderTest,
  startDatabaseStore,
} from '../support/database-limit-store.js';
import { RemoteApplication } from '../support/remote-application.js';
import type { IsolationLevel } from '../support/session-default.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const MAX = 10;
const MANY = 1000;

interface Setup extends DatabaseStoreOptions {
  readonly name: string;
  readonly kind: DatabaseStoreKind;
}

const ISOLATION_LEVELS: readonly IsolationLevel[] = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];

const SETUPS: readonly Setup[] = [
  { name: 'sqlite', kind: 'sqlite' },
  ...ISOLATION_LEVELS.map((isolation) => ({
    name: `postgres under ${isolation}`,
    kind: 'postgres' as const,
    isolation,
  })),
  ...onMariadb('mariadb'),
  ...onMariadb('mysql'),
];

function onMariadb(kind: 'mariadb' | 'mysql'): Setup[] {
  const levels = ISOLATION_LEVELS.map((isolation) => ({
    name: `${kind} under ${isolation}`,
    kind,
    sessionStatement: `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`,
  }));
  const sessionStatement = 'SET SESSION innodb_snapshot_isolation = ON';
  return [...levels, { name: `${kind} with innodb_snapshot_isolation`, kind, sessionStatement }];
}

function limit(key: string, max: number): Charge {
  return { key, max, windowMs: HOUR, isEnforced: true };
}

function charged(outcomes: readonly ChargeOutcome[]): ChargeOutcome[] {
  return outcomes.filter(({ isCharged }) => isCharged);
}

describe.each(SETUPS.filter(({ kind }) => databaseStoreKinds.includes(kind)))(
  'the limit store on $name, with parallel charges from two processes,',
  ({ kind, ...options }) => {
    let test: DatabaseStoreUnderTest;
    let there: RemoteApplication;

    beforeAll(async () => {
      test = await startDatabaseStore(kind, options);
      there = await RemoteApplication.start({
        database: test.options,
        phoneVerify: { storage: { timeoutMs: 20_000 } },
        sessionStatement: options.sessionStatement,
      });
    });

    afterAll(async () => {
      await there.kill();
      await test.close();
    });

    beforeEach(() => test.dataSource.getRepository(SMSVerificationCounter).clear());

    async function usedOf(): Promise<Record<string, number>> {
      const rows = await test.dataSource.getRepository(SMSVerificationCounter).find();
      return Object.fromEntries(rows.map(({ key, used }) => [key, used]));
    }

    /** Charges half of the lists in this process and half in the other one. */
    async function chargeAll(lists: readonly (readonly Charge[])[]): Promise<ChargeOutcome[]> {
      const half = lists.length / 2;
      const outcomes = await Promise.all([
        Promise.all(lists.slice(0, half).map((charges) => test.store.charge(charges, NOW))),
        there.chargeAll(lists.slice(half), NOW),
      ]);
      return outcomes.flat();
    }

    it.each([
      ['new', 0],
      ['existing', 3],
    ])('charges a%s counter exactly up to its maximum', async (_name, before) => {
      for (let sent = 0; sent < before; sent++) await test.store.charge([limit('a', MAX)], NOW);

      const outcomes = await chargeAll(Array.from({ length: 4 * MAX }, () => [limit('a', MAX)]));

      expect(charged(outcomes)).toHaveLength(MAX - before);
      expect(await usedOf()).toEqual({ a: MAX });
      const counts = charged(outcomes).map(({ counters }) => counters[0]?.used ?? 0);
      const distinct = counts.toSorted((one, other) => one - other);
      expect(distinct).toEqual(Array.from({ length: MAX - before }, (_, index) => before + index + 1));
    });

    it('opens one new window for a counter whose window has ended', async () => {
      await test.store.charge([limit('a', MAX)], NOW - 2 * HOUR);

      expect(charged(await chargeAll(Array.from({ length: 4 * MAX }, () => [limit('a', MAX)])))).toHaveLength(MAX);
      expect(await usedOf()).toEqual({ a: MAX });
    });

    it('charges all counters of a send or none', async () => {
      const lists = Array.from({ length: 2 * MAX }, (_, index) => [limit(`own${index}`, 1), limit('shared', MAX)]);

      const outcomes = await chargeAll(lists);

      const own = outcomes.map(({ isCharged }, index) => [`own${index}`, isCharged ? 1 : 0] as const);
      expect(charged(outcomes)).toHaveLength(MAX);
      expect(await usedOf()).toMatchObject({ shared: MAX });
      const used = await usedOf();
      expect(own.map(([key]) => [key, used[key] ?? 0])).toEqual(own);
    });

    it('charges and refunds many counters in any order without an error', async () => {
      const keys = Array.from({ length: 10 }, (_, index) => `key${index}`);
      // The steps are coprime to 10, so the 7 keys of a list are distinct.
      const lists = Array.from({ length: 40 }, (_, index) => {
        const step = [1, 3, 7, 9][index % 4] ?? 1;
        return Array.from({ length: 7 }, (_unused, place) => limit(keys[(index + place * step) % 10] ?? '', MANY));
      });
      const expected = Object.fromEntries(
        keys.map((key) => [key, lists.filter((charges) => charges.some((charge) => charge.key === key)).length]),
      );

      const outcomes = await chargeAll(lists);
      expect(charged(outcomes)).toHaveLength(lists.length);
      expect(await usedOf()).toEqual(expected);

      await Promise.all(outcomes.map(({ counters }) => test.store.refund(counters.toReversed())));
      expect(Object.values(await usedOf())).toEqual(keys.map(() => 0));
    });

    it('never exceeds the maximum while charges are refunded in parallel', async () => {
      let outstanding = 0;
      let maximum = 0;
      let refused = 0;
      const sender = async (): Promise<void> => {
        for (let sent = 0; sent < 6; sent++) {
          const { isCharged, counters } = await test.store.charge([limit('a', 3), limit('b', MANY)], NOW);
          if (isCharged) {
            maximum = Math.max(maximum, ++outstanding);
            await test.store.read(['a'], NOW);
            outstanding--;
            await test.store.refund(counters);
          } else {
            refused++;
          }
        }
      };

      await Promise.all(Array.from({ length: 10 }, sender));

      expect(maximum).toBeLessThanOrEqual(3);
      expect(refused).toBeGreaterThan(0);
      expect(await usedOf()).toEqual({ a: 0, b: 0 });
    });
  },
);
