import { describe, expect, it } from 'vitest';
import type { SqlDialect } from '../../lib/database/sql-dialect.js';
import {
  insertStatement,
  sendRecordStatement,
  type SessionWriteTable,
} from '../../lib/verification/session-writes.statements.js';

function tableOf(dialect: SqlDialect): SessionWriteTable {
  return {
    dialect,
    name: 'sms_verification',
    column: (name) => name,
    select: (...names) => names.join(', '),
    alias: (name) => name,
  };
}

describe('the statements that write many sessions', () => {
  it('have one text for every number of rows where PostgreSQL prepares them', () => {
    const inserts = [1, 2, 32].map((count) => insertStatement(tableOf('postgres'), count, { isPrepared: true }));
    const records = [1, 2, 32].map((count) => sendRecordStatement(tableOf('postgres'), count));

    expect(new Set(inserts.map(({ sql }) => sql)).size).toBe(1);
    expect(new Set(records.map(({ sql }) => sql)).size).toBe(1);
    expect([...inserts, ...records].flatMap(({ parameters }) => parameters.map(({ item }) => item))).toEqual(
      expect.not.arrayContaining([expect.any(Number)]),
    );
  });

  it.each([
    ['postgres', false],
    ['mariadb', false],
    ['mariadb', true],
    ['sqlite', true],
  ] as const)('insert their rows as values on %s otherwise (prepared: %s)', (dialect, isPrepared) => {
    const { sql, parameters } = insertStatement(tableOf(dialect), 2, { isPrepared });

    expect(sql).toContain(' VALUES (');
    expect(parameters).toHaveLength(24);
  });
});
