import { type DataSource, QueryFailedError } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SMSVerificationCounter } from '../../lib/index.js';
import type { Charge } from '../../lib/limits/limit.store.js';
import {
  type DatabaseStoreKind,
  databaseStoreKinds,
  type DatabaseStoreUnderTest,
  startDatabaseStore,
} from '../support/database-limit-store.js';
import type { TimedStore } from '../support/timed-store.js';
import { beforeStatements, untilNoneWaits, untilOneWaits } from '../support/statements.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

/** The first words of a charge's statements. */
const CHARGE: Readonly<Record<DatabaseStoreKind, readonly string[]>> = {
  postgres: ['INSERT'],
  sqlite: ['INSERT'],
  mariadb: ['INSERT'],
  mysql: ['BEGIN', 'INSERT', 'SELECT', 'COMMIT'],
};

/** The same where the process knows a counter to be full. */
const CHECKED_CHARGE = (kind: DatabaseStoreKind): readonly string[] => ['SELECT', ...CHARGE[kind]];

/** The first word of a refund. */
const REFUND = (kind: DatabaseStoreKind): string => (kind === 'postgres' ? 'WITH' : 'UPDATE');

/** The code of a transient error, after which a statement is retried. */
const TRANSIENT_ERROR: Readonly<Record<DatabaseStoreKind, string>> = {
  postgres: '40P01',
  sqlite: 'SQLITE_BUSY',
  mariadb: 'ER_LOCK_DEADLOCK',
  mysql: 'ER_LOCK_DEADLOCK',
};

const SEVEN: readonly Charge[] = Array.from({ length: 7 }, (_, index) => {
  return { key: `key${index}`, max: 2, windowMs: HOUR, isEnforced: true };
});

/** Creates one of the seven counters, already full. */
const CREATE_FULL = `INSERT INTO sms_verification_counter (counter_key, used, verified, window_ends_at) VALUES ('key3', 2, 0, ${NOW + HOUR})`;
/** Fills one of the seven counters, which exists already. */
const FILL_EXISTING = `UPDATE sms_verification_counter SET used = 2 WHERE counter_key = 'key3'`;

const REFUSED = { isCharged: false, counters: [{ key: 'key3', used: 2, windowEndsAt: NOW + HOUR }] };

let test: DatabaseStoreUnderTest;
let store: TimedStore;
/** Another connection; on SQLite the same one. */
let other: DataSource;

function prepare(kind: DatabaseStoreKind): void {
  beforeAll(async () => {
    test = await startDatabaseStore(kind);
    other = await test.connect();
  });

  afterAll(async () => {
    await other.destroy();
    await test.close();
  });

  beforeEach(async () => {
    await test.dataSource.getRepository(SMSVerificationCounter).clear();
    store = test.newStore();
    test.log.clear();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });
}

/** The first words of the statements that were run. */
function statements(): string[] {
  return test.log.statements.map((sql) => sql.split(' ')[0] ?? '');
}

async function usedOf(...keys: string[]): Promise<(number | undefined)[]> {
  const rows = await test.dataSource.getRepository(SMSVerificationCounter).find();
  return keys.map((key) => rows.find((row) => row.key === key)?.used);
}

/** Fails the statements at the given places, counted from 0. */
function refuse(code: string, isRefused: (place: number) => boolean): void {
  beforeStatements(test.dataSource, async (place) => {
    if (!isRefused(place)) return;
    throw new QueryFailedError('a statement', [], Object.assign(new Error('refused'), { code }));
  });
}

describe.each(databaseStoreKinds)('the limit store on %s', (kind) => {
  prepare(kind);

  it('runs as many statements to charge seven counters as one, and only a read if it filled one before', async () => {
    await store.charge(SEVEN.slice(0, 1), NOW);
    await store.charge(SEVEN, NOW);
    expect(statements()).toEqual([...CHARGE[kind], ...CHARGE[kind]]);

    test.log.clear();
    expect(await store.charge(SEVEN, NOW)).toMatchObject({ isCharged: false, counters: [{ key: 'key0' }] });
    expect(statements()).toEqual(['SELECT']);
  });

  it('refunds the first charge that finds a counter full which another process filled, and reads from then on', async () => {
    await store.charge(SEVEN, NOW);
    await other.query(FILL_EXISTING);
    test.log.clear();

    expect(await store.charge(SEVEN, NOW)).toEqual(REFUSED);
    expect(statements()).toEqual([...CHARGE[kind], REFUND(kind), 'SELECT']);
    expect(await usedOf('key0', 'key3')).toEqual([1, 2]);

    test.log.clear();
    expect(await store.charge(SEVEN, NOW)).toEqual(REFUSED);
    expect(await store.charge(SEVEN, NOW)).toEqual(REFUSED);
    expect(statements()).toEqual(['SELECT', 'SELECT']);
    expect(await usedOf('key0', 'key3')).toEqual([1, 2]);
  });

  it('reads the counters of parallel charges that are more than a counter can hold', async () => {
    const charges: Charge[] = [{ key: 'key0', max: 2, windowMs: HOUR, isEnforced: true }];
    await store.charge(charges, NOW - 1000);
    test.log.clear();

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => store.charge(charges, NOW)));

    expect(outcomes.filter(({ isCharged }) => isCharged)).toHaveLength(1);
    const ends = outcomes.flatMap(({ counters }) => counters.map(({ windowEndsAt }) => windowEndsAt));
    expect(new Set(ends)).toEqual(new Set([NOW - 1000 + HOUR]));
    expect(statements()).toEqual(CHECKED_CHARGE(kind));
  });

  it('refuses no send because of a parallel one that another counter refuses', async () => {
    const number = (name: string): Charge => ({ key: name, max: 1, windowMs: HOUR, isEnforced: true });
    const address: Charge = { key: 'address', max: 10, windowMs: HOUR, isEnforced: true };
    await store.charge([number('full')], NOW);
    for (let charge = 0; charge < 9; charge++) await store.charge([address], NOW);
    const started = test.newStore();

    const outcomes = await Promise.all(['full', 'free'].map((name) => started.charge([number(name), address], NOW)));

    expect(outcomes).toMatchObject([{ isCharged: false, counters: [{ key: 'full' }] }, { isCharged: true }]);
    expect(await usedOf('full', 'free', 'address')).toEqual([1, 1, 10]);
  });

  it('charges a counter that it knows as full and that has room again', async () => {
    await store.charge(SEVEN, NOW);
    const { counters } = await store.charge(SEVEN, NOW);
    await store.refund(counters);
    test.log.clear();

    expect(await store.charge(SEVEN, NOW)).toMatchObject({ isCharged: true });
    expect(statements()).toEqual(CHECKED_CHARGE(kind));
  });

  it('runs one statement for every other operation', async () => {
    const { counters } = await store.charge(SEVEN, NOW);
    test.log.clear();

    await store.refund(counters);
    await store.read(['key0', 'key1'], NOW);
    await store.deleteExpired(NOW);
    await store.clear(['key0', 'key1']);

    expect(statements()).toEqual([REFUND(kind), 'SELECT', 'DELETE', 'DELETE']);
  });

  it.each(CHARGE[kind].map((word, place) => [word, place] as const))(
    'retries a charge after a deadlock in its %s, statement %i, and counts it once',
    async (_word, refused) => {
      refuse(TRANSIENT_ERROR[kind], (place) => place === refused);

      expect(await store.charge(SEVEN, NOW)).toMatchObject({ isCharged: true });

      expect(await usedOf('key0', 'key6')).toEqual([1, 1]);
    },
  );

  it('counts nothing if the last statement of a charge fails', async () => {
    refuse('another', (place) => place === CHARGE[kind].length - 1);

    await expect(store.charge(SEVEN, NOW)).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { code: 'another' },
    });

    expect(await usedOf('key0')).toEqual([undefined]);
  });
});

describe.each(databaseStoreKinds)('a charge on %s', (kind) => {
  prepare(kind);

  it('is refunded if a counter becomes full between its read and its insert', async () => {
    await store.charge(SEVEN.slice(0, 1), NOW);
    await store.charge(SEVEN.slice(0, 1), NOW);
    await store.clear(['key0']);
    test.log.clear();
    beforeStatements(test.dataSource, async (place) => {
      if (place === CHECKED_CHARGE(kind).indexOf('INSERT')) await other.query(CREATE_FULL);
    });

    expect(await store.charge(SEVEN, NOW)).toEqual(REFUSED);

    expect(statements()).toEqual([...CHECKED_CHARGE(kind), REFUND(kind), 'SELECT']);
    expect(await usedOf('key0', 'key3')).toEqual([0, 2]);
  });
});

describe.each(databaseStoreKinds.filter((kind) => kind !== 'sqlite'))(
  'a charge on %s that waits for a lock',
  (kind) => {
    prepare(kind);

    /** Charges while another transaction has changed a counter but not yet committed. */
    async function chargeDuring(change: string) {
      await untilNoneWaits(other);
      test.log.clear();
      const waiting = await other.transaction(async (manager) => {
        await manager.query(change);
        const charge = store.charge(SEVEN, NOW);
        await untilOneWaits(other);
        return { charge };
      });
      return waiting.charge;
    }

    it('is refunded if it waited for a new counter that is then full', async () => {
      expect(await chargeDuring(CREATE_FULL)).toEqual(REFUSED);

      expect(statements()).toEqual([...CHARGE[kind], REFUND(kind), 'SELECT']);
      expect(await usedOf('key0', 'key3')).toEqual([0, 2]);
    });

    it('is refunded if it waited for a counter that is then full', async () => {
      await store.charge(SEVEN, NOW);

      expect(await chargeDuring(FILL_EXISTING)).toEqual(REFUSED);

      expect(statements()).toEqual([...CHARGE[kind], REFUND(kind), 'SELECT']);
      expect(await usedOf('key0', 'key3')).toEqual([1, 2]);
    });
  },
);

describe.each(databaseStoreKinds.filter((kind) => kind === 'mysql'))('a transaction on %s', (kind) => {
  prepare(kind);

  it('throws its first error if both the commit and the rollback fail', async () => {
    refuse('another', (place) => place >= CHARGE[kind].indexOf('COMMIT'));

    await expect(store.charge(SEVEN, NOW)).rejects.toMatchObject({ cause: { code: 'another' } });
  });
});
