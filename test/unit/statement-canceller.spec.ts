import { DataSource, type DataSourceOptions } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { type CancelStatement, statementCanceller } from '../../lib/database/statement-canceller.js';

function cancellerOf(type: 'postgres' | 'mariadb' | 'better-sqlite3', mysql?: object): CancelStatement | undefined {
  const dataSource = Object.create(DataSource.prototype, {
    options: { value: { type } as DataSourceOptions },
    driver: { value: { mysql } },
  });
  return statementCanceller(dataSource);
}

const { signal } = new AbortController();
const CONNECTION = { threadId: 7, config: { host: 'localhost', password: undefined } };

describe('the cancellation of a statement', () => {
  it.each([
    { driver: 'a client without a connection', connection: {} },
    { driver: 'a connection without the methods', connection: { connection: new (class Connection {})() } },
  ])('fails on PostgreSQL with $driver', async ({ connection }) => {
    await expect(cancellerOf('postgres')?.(connection, signal)).rejects.toThrow(
      'The driver cannot cancel a statement.',
    );
  });

  it.each([
    { driver: 'a driver that opens no connections', mysql: {}, connection: CONNECTION },
    { driver: 'a connection without a thread', mysql: { createConnection: vi.fn() }, connection: {} },
    {
      driver: 'a second connection without the methods',
      mysql: { createConnection: () => ({}) },
      connection: CONNECTION,
    },
  ])('fails on MariaDB with $driver', async ({ mysql, connection }) => {
    await expect(cancellerOf('mariadb', mysql)?.(connection, signal)).rejects.toThrow(
      'The driver cannot cancel a statement.',
    );
  });

  it.each([
    { outcome: 'ends if the server kills it', error: null },
    { outcome: 'fails if the server does not', error: new Error('no such thread') },
  ])('$outcome, and closes the second connection', async ({ error }) => {
    const other = {
      query: vi.fn((_sql: string, done: (error: unknown) => void) => done(error)),
      on: vi.fn(),
      destroy: vi.fn(),
    };
    const createConnection = vi.fn(() => other);
    const thrown: unknown = await cancellerOf('mariadb', { createConnection })?.(CONNECTION, signal).catch(
      (reason: unknown) => reason,
    );

    expect(thrown ?? null).toBe(error);
    expect(createConnection).toHaveBeenCalledWith({ host: 'localhost' });
    expect(other.query).toHaveBeenCalledWith('KILL QUERY 7', expect.any(Function));
    expect(other.destroy).toHaveBeenCalledTimes(1);
  });

  it('does not exist for SQLite, whose driver is synchronous', () => {
    expect(cancellerOf('better-sqlite3')).toBeUndefined();
  });
});
