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
import { beforeStatements, untilNoneWaits, untilOneWaits } from '../support/statements.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

/** The first words of a charge's statements. */
const CHARGE: Readonly<Record<DatabaseStoreKind, readonly string[]>> = {
  postgres: ['WITH'],
  sqlite: ['SELECT', 'INSERT'],
  mariadb: ['SELECT', 'INSERT'],
  mysql: ['SELECT', 'BEGIN', 'INSERT', 'SELECT', 'COMMIT'],
};

/** The code of a refusal after which a statement is run again. */
const PASSING: Readonly<Record<DatabaseStoreKind, string>> = {
  postgres: '40P01',
  sqlite: 'SQLITE_BUSY',
  mariadb: 'ER_LOCK_DEADLOCK',
  mysql: 'ER_LOCK_DEADLOCK',
};

const SEVEN: readonly Charge[] = Array.from({ length: 7 }, (_, index) => {
  return { key: `key${index}`, max: 2, windowMs: HOUR, isEnforced: true };
});

/** Fills one of the seven, which was not there. */
const FILL = `INSERT INTO sms_verification_counter (counter_key, used, verified, window_ends_at) VALUES ('key3', 2, 0, ${NOW + HOUR})`;
/** The same, where it was there. */
const FILL_UP = `UPDATE sms_verification_counter SET used = 2 WHERE counter_key = 'key3'`;

const REFUSED = { isCharged: false, counters: [{ key: 'key3', used: 2, windowEndsAt: NOW + HOUR }] };

let test: DatabaseStoreUnderTest;
/** Another connection, where SQLite has one for all. */
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
    test.log.clear();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });
}

/** The first words of the statements so far. */
function statements(): string[] {
  return test.log.statements.map((sql) => sql.split(' ')[0] ?? '');
}

async function usedOf(...keys: string[]): Promise<(number | undefined)[]> {
  const rows = await test.dataSource.getRepository(SMSVerificationCounter).find();
  return keys.map((key) => rows.find((row) => row.key === key)?.used);
}

/** Refuses the statements that are named by their places from 0. */
function refuse(code: string, isRefused: (place: number) => boolean): void {
  beforeStatements(test.dataSource, async (place) => {
    if (!isRefused(place)) return;
    throw new QueryFailedError('a statement', [], Object.assign(new Error('refused'), { code }));
  });
}

describe.each(databaseStoreKinds)('the statements on %s', (kind) => {
  prepare(kind);

  it('of a charge are as many for seven counters as for one, and the first alone when one is full', async () => {
    await test.store.charge(SEVEN.slice(0, 1), NOW);
    await test.store.charge(SEVEN, NOW);
    expect(statements()).toEqual([...CHARGE[kind], ...CHARGE[kind]]);

    test.log.clear();
    expect(await test.store.charge(SEVEN, NOW)).toMatchObject({ isCharged: false, counters: [{ key: 'key0' }] });
    expect(statements()).toEqual(CHARGE[kind].slice(0, 1));
  });

  it('of all else are one', async () => {
    const { counters } = await test.store.charge(SEVEN, NOW);
    test.log.clear();

    await test.store.refund(counters);
    await test.store.read(['key0', 'key1'], NOW);
    await test.store.deleteExpired(NOW);
    await test.store.clear(['key0', 'key1']);

    const refund = kind === 'postgres' ? 'WITH' : 'UPDATE';
    expect(statements()).toEqual([refund, 'SELECT', 'DELETE', 'DELETE']);
  });

  it.each(CHARGE[kind].map((word, place) => [word, place] as const))(
    'of a charge are run again after a deadlock of its %s, number %i, and count once',
    async (_word, refused) => {
      refuse(PASSING[kind], (place) => place === refused);

      expect(await test.store.charge(SEVEN, NOW)).toMatchObject({ isCharged: true });

      expect(await usedOf('key0', 'key6')).toEqual([1, 1]);
    },
  );

  it('of a charge whose last the database refuses count nothing', async () => {
    refuse('another', (place) => place === CHARGE[kind].length - 1);

    await expect(test.store.charge(SEVEN, NOW)).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { code: 'another' },
    });

    expect(await usedOf('key0')).toEqual([undefined]);
  });
});

describe.each(databaseStoreKinds.filter((kind) => kind !== 'postgres'))('a charge on %s', (kind) => {
  prepare(kind);

  it('after whose look a counter was filled is refunded', async () => {
    beforeStatements(test.dataSource, async (place) => {
      if (place === CHARGE[kind].indexOf('INSERT')) await other.query(FILL);
    });

    expect(await test.store.charge(SEVEN, NOW)).toEqual(REFUSED);

    expect(statements()).toEqual([...CHARGE[kind], 'UPDATE']);
    expect(await usedOf('key0', 'key3')).toEqual([0, 2]);
  });
});

describe.each(databaseStoreKinds.filter((kind) => kind !== 'sqlite'))('a charge that waits on %s', (kind) => {
  prepare(kind);

  /** Charges while another transaction, which then commits, has changed a counter. */
  async function chargeDuring(change: string) {
    await untilNoneWaits(other);
    test.log.clear();
    const waiting = await other.transaction(async (manager) => {
      await manager.query(change);
      const charge = test.store.charge(SEVEN, NOW);
      await untilOneWaits(other);
      return { charge };
    });
    return waiting.charge;
  }

  it('for a new counter, and then finds it full, is refunded', async () => {
    expect(await chargeDuring(FILL)).toEqual(REFUSED);

    expect(statements()).toEqual([...CHARGE[kind], kind === 'postgres' ? 'WITH' : 'UPDATE']);
    expect(await usedOf('key0', 'key3')).toEqual([0, 2]);
  });

  it('for a counter that fills up is refused, on PostgreSQL by the same statement', async () => {
    await test.store.charge(SEVEN, NOW);

    expect(await chargeDuring(FILL_UP)).toEqual(REFUSED);

    expect(statements()).toEqual(kind === 'postgres' ? ['WITH'] : [...CHARGE[kind], 'UPDATE']);
    expect(await usedOf('key0', 'key3')).toEqual([1, 2]);
  });
});

describe.each(databaseStoreKinds.filter((kind) => kind === 'mysql'))('a transaction on %s', (kind) => {
  prepare(kind);

  it('that the database neither ends nor undoes fails for its first reason', async () => {
    refuse('another', (place) => place >= CHARGE[kind].indexOf('COMMIT'));

    await expect(test.store.charge(SEVEN, NOW)).rejects.toMatchObject({ cause: { code: 'another' } });
  });
});
