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

describe.each(databaseStoreKinds)('the counters in the database through %s', (kind) => {
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

  it('open a window with the first charge, which stays as it is until it is over', async () => {
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

  it('refuse a charge beyond one, charge nothing for it and answer the full ones', async () => {
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

  it('count on where a full one only reports', async () => {
    const reported = limit('a', 1, { isEnforced: false });
    await charge([reported]);

    expect(await charge([reported, limit('b', 1)])).toMatchObject({
      isCharged: true,
      counters: [{ key: 'a', used: 2 }, { key: 'b' }],
    });
  });

  it('refund a charge in its own window alone, and close a window without charges', async () => {
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

  it('never go below nothing', async () => {
    const { counters } = await charge([limit('a', 5)]);
    await test.dataSource.query('UPDATE sms_verification_counter SET used = 0');

    await test.store.refund(counters);

    expect(await rowOf('a')).toMatchObject({ used: 0 });
  });

  it('cut a window when the clock goes back, and keep what was used', async () => {
    const [two, one] = [limit('a', 2), limit('b', 1)];
    await charge([two, one]);

    expect(await charge([two], NOW - HOUR)).toMatchObject({ counters: [{ used: 2, windowEndsAt: NOW }] });
    // A full one is cut as well, or it would be full for as long as the clock went back.
    expect(await charge([one], NOW - HOUR)).toMatchObject({
      isCharged: false,
      counters: [{ used: 1, windowEndsAt: NOW }],
    });
    expect(await rowOf('b')).toEqual({ used: 1, windowEndsAt: NOW });
    expect(await charge([two, one], NOW)).toMatchObject({ isCharged: true });
  });

  it('are read while their window is open, and forgotten when they are cleared', async () => {
    await charge([limit('a', 5), limit('b', 5, { windowMs: 2 * HOUR }), limit('c', 5)]);

    const keysAt = async (now: number) =>
      (await test.store.read(['a', 'b', 'unknown'], now)).map(({ key }) => key).toSorted();
    expect(await keysAt(NOW)).toEqual(['a', 'b']);
    expect(await keysAt(NOW + HOUR)).toEqual(['b']);

    await test.store.clear(['b', 'unknown', 'a']);
    expect(await keysAt(NOW)).toEqual([]);
    expect(await rowOf('c')).not.toBeNull();
  });

  it('need no database where there are none', async () => {
    test.log.clear();

    expect(await charge([])).toEqual({ isCharged: true, counters: [] });
    expect(await test.store.read([], NOW)).toEqual([]);
    await test.store.refund([]);
    await test.store.clear([]);

    expect(test.log.statements).toEqual([]);
  });

  it('are deleted in batches once their window is over', async () => {
    const over = Array.from({ length: ROWS }, (_, index) => {
      return { key: `${index}`, used: 1, verified: 0, windowEndsAt: new Date(NOW - index) };
    });
    await test.dataSource.getRepository(SMSVerificationCounter).insert(over);
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

describe.each(databaseStoreKinds.filter((kind) => kind !== 'sqlite'))('the time of %s', (kind) => {
  it('is the same in a session of another time zone', async () => {
    const sessionStatement = kind === 'postgres' ? undefined : `SET SESSION time_zone = '-03:30'`;
    const test = await startDatabaseStore(kind, { sessionStatement, poolSize: 1 });
    if (kind === 'postgres') await test.dataSource.query("SET TIME ZONE 'America/St_Johns'");

    const time = await test.store.readTime();
    await test.close();

    expect(Math.abs((time?.store ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});

it('the store in the database needs the entity of the counters', async () => {
  const database = await freshDatabase('sqlite');
  const dataSource = await new DataSource({ ...database.options, entities: [SMSVerification] }).initialize();

  expect(() => new DatabaseLimitStore(new Database(dataSource), 1000)).toThrow(
    'dataSource: the entity is missing; add `SMSVerificationCounter` to `entities` or set `autoLoadEntities`',
  );

  await dataSource.destroy();
  await database.drop();
});
