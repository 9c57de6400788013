import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, SMSVerificationCounter } from '../../lib/index.js';
import { DatabaseLimitStore } from '../../lib/limits/database-limit.store.js';
import type { Charge } from '../../lib/limits/limit.store.js';
import { Database } from '../../lib/database/database.js';
import {
  databaseStoreKinds,
  type DatabaseStoreUnderTest,
  startDatabaseStore,
} from '../support/database-limit-store.js';
import { freshDatabase } from '../support/databases.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const ROWS = 2500;

function limit(key: string, max: number, rest: Partial<Charge> = {}): Charge {
  return { key, max, windowMs: HOUR, isEnforced: true, ...rest };
}

describe.each(databaseStoreKinds)('the limit store on %s', (kind) => {
  let test: DatabaseStoreUnderTest;

  beforeAll(async () => {
    test = await startDatabaseStore(kind);
  });

  afterAll(() => test.close());

  beforeEach(() => test.dataSource.getRepository(SMSVerificationCounter).clear());

  function charge(charges: readonly Charge[], now = NOW) {
    return test.store.charge(charges, now);
  }

  async function rowOf(key: string): Promise<Record<string, unknown> | null> {
    const row = await test.dataSource.getRepository(SMSVerificationCounter).findOneBy({ key });
    return row && { used: row.used, windowEndsAt: row.windowEndsAt.getTime() };
  }

  it('opens a window with the first charge and keeps it until it ends', async () => {
    const three = limit('a', 3);

    expect(await charge([three])).toEqual({
      isCharged: true,
      counters: [{ key: 'a', used: 1, windowEndsAt: NOW + HOUR }],
    });
    const { counters } = await charge([three], NOW + HOUR - 1);
    expect(counters).toEqual([{ key: 'a', used: 2, windowEndsAt: NOW + HOUR }]);
    const next = await charge([three], NOW + HOUR);
    expect(next.counters).toEqual([{ key: 'a', used: 1, windowEndsAt: NOW + 2 * HOUR }]);
  });

  it('refuses a charge if a counter is full, charges nothing for it and returns the full counters', async () => {
    const charges = [limit('c', 1), limit('a', 5), limit('b', 1)];
    const once = (key: string) => ({ key, used: 1, windowEndsAt: NOW + HOUR });

    expect(await charge(charges)).toEqual({
      isCharged: true,
      counters: ['c', 'a', 'b'].map(once),
    });
    expect(await charge(charges)).toEqual({
      isCharged: false,
      counters: ['c', 'b'].map(once),
    });
    expect(await rowOf('a')).toMatchObject({ used: 1 });
    expect(await charge([limit('new', 1), limit('b', 1)])).toMatchObject({ isCharged: false });
    expect(await rowOf('new')).toBeNull();
  });

  it('charges a full counter that only reports', async () => {
    const reported = limit('a', 1, { isEnforced: false });
    await charge([reported]);

    expect(await charge([reported, limit('b', 1)])).toMatchObject({
      isCharged: true,
      counters: [{ key: 'a', used: 2 }, { key: 'b' }],
    });
  });

  it('refunds a charge only in its own window, and closes a window without charges', async () => {
    const { counters: first } = await charge([limit('a', 5), limit('b', 5)]);
    await charge([limit('b', 5)]);

    await test.store.refund(first);
    expect(await rowOf('a')).toEqual({ used: 0, windowEndsAt: 0 });
    expect(await rowOf('b')).toEqual({ used: 1, windowEndsAt: NOW + HOUR });

    const { counters: second } = await charge([limit('a', 5)], NOW + 1);
    expect(second).toEqual([{ key: 'a', used: 1, windowEndsAt: NOW + 1 + HOUR }]);
    await test.store.refund(first.filter(({ key }) => key === 'a'));
    expect(await rowOf('a')).toMatchObject({ used: 1, windowEndsAt: NOW + 1 + HOUR });
  });

  it('never decreases a counter below zero', async () => {
    const { counters } = await charge([limit('a', 5)]);
    await test.dataSource.query('UPDATE sms_verification_counter SET used = 0');

    await test.store.refund(counters);

    expect(await rowOf('a')).toMatchObject({ used: 0 });
  });

  it('shortens a window and keeps its count when the clock goes back', async () => {
    const [two, one] = [limit('a', 2), limit('b', 1)];
    await charge([two, one]);

    expect(await charge([two], NOW - HOUR)).toMatchObject({ counters: [{ used: 2, windowEndsAt: NOW }] });
    // The window of a full counter must be shortened too, or the counter would stay full for too long.
    expect(await charge([one], NOW - HOUR)).toMatchObject({
      isCharged: false,
      counters: [{ used: 1, windowEndsAt: NOW }],
    });
    expect(await rowOf('b')).toEqual({ used: 1, windowEndsAt: NOW });
    expect(await charge([two, one], NOW)).toMatchObject({ isCharged: true });
  });

  it('returns counters while their window is open and until they are cleared', async () => {
    await charge([limit('a', 5), limit('b', 5, { windowMs: 2 * HOUR }), limit('c', 5)]);

    const keysAt = async (now: number) =>
      (await test.store.read(['a', 'b', 'unknown'], now)).map(({ key }) => key).toSorted();
    expect(await keysAt(NOW)).toEqual(['a', 'b']);
    expect(await keysAt(NOW + HOUR)).toEqual(['b']);

    await test.store.clear(['b', 'unknown', 'a']);
    expect(await keysAt(NOW)).toEqual([]);
    expect(await rowOf('c')).not.toBeNull();
  });

  it('runs no statement for an empty list', async () => {
    test.log.clear();

    expect(await charge([])).toEqual({ isCharged: true, counters: [] });
    expect(await test.store.read([], NOW)).toEqual([]);
    await test.store.refund([]);
    await test.store.clear([]);

    expect(test.log.statements).toEqual([]);
  });

  it('deletes counters in batches after their window has ended', async () => {
    const ended = Array.from({ length: ROWS }, (_, index) => {
      return { key: `${index}`, used: 1, verified: 0, windowEndsAt: new Date(NOW - index) };
    });
    await test.dataSource.getRepository(SMSVerificationCounter).insert(ended);
    await charge([limit('open', 5)]);
    test.log.clear();

    const more = [
      await test.store.deleteExpired(NOW),
      await test.store.deleteExpired(NOW),
      await test.store.deleteExpired(NOW),
    ];

    expect(more).toEqual([true, true, false]);
    expect(test.log.statements).toHaveLength(3);
    expect(await test.dataSource.getRepository(SMSVerificationCounter).count()).toBe(1);
    expect(await rowOf('open')).not.toBeNull();
  });
});

describe.each(databaseStoreKinds.filter((kind) => kind !== 'sqlite'))('the time of the limit store on %s', (kind) => {
  it('does not depend on the time zone of the session', async () => {
    const sessionStatement = kind === 'postgres' ? undefined : `SET SESSION time_zone = '-03:30'`;
    const test = await startDatabaseStore(kind, { sessionStatement, poolSize: 1 });
    if (kind === 'postgres') await test.dataSource.query("SET TIME ZONE 'America/St_Johns'");

    const time = await test.store.readTime();
    await test.close();

    expect(Math.abs((time?.store ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});

it('the limit store in the database throws a configuration error if its entity is missing', async () => {
  const database = await freshDatabase('sqlite');
  const dataSource = await new DataSource({ ...database.options, entities: [SMSVerification] }).initialize();

  expect(() => new DatabaseLimitStore(new Database(dataSource, { preparedStatements: false }), 1000)).toThrow(
    'dataSource: the entity is missing; add `SMSVerificationCounter` to `entities` or set `autoLoadEntities`',
  );

  await dataSource.destroy();
  await database.drop();
});
