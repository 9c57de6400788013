import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerificationCounter } from '../../lib/index.js';
import { conversionStatements, readBlocksStatement } from '../../lib/limits/conversion.statements.js';
import { countersStatements, counterStatements, type CounterTable } from '../../lib/limits/limit.statements.js';
import type { Statement } from '../../lib/database/sql-dialect.js';
import { describeTable } from '../../lib/database/sql-table.js';
import { startDatabaseStore, type DatabaseStoreUnderTest } from '../support/database-limit-store.js';
import { type DatabaseKind, databaseKinds } from '../support/databases.js';

const ROWS = 300_000;
const COUNTERS = 7;

/** Keys and ends of windows from 1 to {@link ROWS}, made by the database. */
const SERIES: Readonly<Record<DatabaseKind, string>> = {
  postgres: `SELECT CAST(n AS text), 1, 0, n FROM generate_series(1, ${ROWS}) AS series(n)`,
  mariadb: `SELECT CAST(seq AS char), 1, 0, seq FROM seq_1_to_${ROWS}`,
  sqlite: `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${ROWS})
    SELECT CAST(n AS text), 1, 0, n FROM series`,
};

const OF_MANY = ['refund', 'read', 'clear'] as const;

describe.each(databaseKinds)('with many counters on %s', (kind) => {
  let test: DatabaseStoreUnderTest;
  let dataSource: DataSource;
  let table: CounterTable;

  beforeAll(async () => {
    test = await startDatabaseStore(kind);
    dataSource = test.dataSource;
    await dataSource.query(
      `INSERT INTO sms_verification_counter (counter_key, used, verified, window_ends_at) ${SERIES[kind]}`,
    );
    await dataSource.query(kind === 'mariadb' ? 'ANALYZE TABLE sms_verification_counter' : 'ANALYZE');
    table = describeTable(dataSource, SMSVerificationCounter);
  });

  afterAll(() => test.close());

  /** The plan as one text. */
  async function plan({ sql, parameters }: Statement): Promise<string> {
    const values: Readonly<Record<string, string | number>> = {
      key: '1000',
      windowEndsAt: 1000,
      until: 2000,
      now: ROWS / 2,
      ...Object.fromEntries(
        Array.from({ length: COUNTERS }, (_, number) => [
          [`key${number}`, `${1000 * (number + 1)}`],
          [`windowEndsAt${number}`, 1000 * (number + 1)],
          [`fullFrom${number}`, 5],
        ]).flat(),
      ),
    };
    const rows: unknown = await dataSource.query(
      `${kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${sql}`,
      parameters.map((parameter) => values[parameter]),
    );
    return JSON.stringify(rows);
  }

  const scan =
    /Seq Scan on sms|SCAN (counter|sms_verification_counter)(?! USING)|"type":"(ALL|index)","possible_keys":null/;
  const key = /pk_sms_verification_counter|PRIMARY|sqlite_autoindex_sms_verification_counter/;

  // Elsewhere a charge is an insert, which has no plan.
  const names = kind === 'postgres' ? (['charge', ...OF_MANY] as const) : OF_MANY;

  it.each(names)('%s goes by the key', async (name) => {
    const text = await plan(countersStatements(table, COUNTERS, true)[name]);

    expect(text).toMatch(key);
    expect(text).not.toMatch(scan);
  });

  it('cut goes by the key', async () => {
    const text = await plan(counterStatements(table).cut);

    expect(text).toMatch(key);
    expect(text).not.toMatch(scan);
  });

  it.each(['read', 'clear'] as const)('%s of what conversion counts goes by the key', async (name) => {
    const text = await plan(conversionStatements(table, COUNTERS, true)[name]);

    expect(text).toMatch(key);
    expect(text).not.toMatch(scan);
  });

  it('the open blocks are read by the range of their keys', async () => {
    const text = await plan(readBlocksStatement(table));

    expect(text).toMatch(key);
    expect(text).not.toMatch(scan);
  });

  it('deleteExpired goes by the index of the ends', async () => {
    const text = await plan(counterStatements(table).deleteExpired);

    expect(text).toContain('ix_sms_verification_counter_window_ends_at');
    expect(text).not.toMatch(scan);
  });
});
