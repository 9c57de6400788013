import { describe, expect, it } from 'vitest';
import { isRefusal, prepare } from '../../lib/database/sql-dialect.js';

describe('a statement', () => {
  it.each([
    {
      dialect: 'postgres',
      sql: 'SELECT $1, CAST($2 AS varchar[]), $3, $1',
      parameters: ['now', 'key', 'key[1]'],
    },
    { dialect: 'mariadb', sql: 'SELECT ?, CAST(? AS varchar[]), ?, ?', parameters: ['now', 'key', 'key[1]', 'now'] },
  ] as const)('has the placeholders of $dialect', ({ dialect, sql, parameters }) => {
    const statement = prepare(dialect, ' SELECT :now,\n  CAST(:key AS varchar[]), :key[1], :now');

    expect(statement.sql).toBe(sql);
    expect(statement.parameters.map(({ name, item }) => (item === undefined ? name : `${name}[${item}]`))).toEqual(
      parameters,
    );
  });

  it.each(['23505', '40001', '57014', '0A000', 'XX000', 'ER_LOCK_DEADLOCK', 'SQLITE_BUSY'])(
    'changed nothing after the error %s',
    (code) => {
      expect(isRefusal(code)).toBe(true);
    },
  );

  it.each(['08006', '57P01', '40003', 'ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST', undefined])(
    'may have taken effect after the error %s',
    (code) => {
      expect(isRefusal(code)).toBe(false);
    },
  );
});
