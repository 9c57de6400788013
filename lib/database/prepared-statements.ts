import { hash } from 'node:crypto';
import type { QueryStatement, Row, StatementResult } from './database.js';
import { hasMethod } from './driver-connection.js';
import type { Statement } from './sql-dialect.js';

/**
 * Runs named prepared statements on a connection of the driver: the server parses and plans each once for a connection.
 * Statements with a text for each number of rows are not prepared: there are hundreds, and MariaDB allows 16 382 at once
 * for all connections (`max_prepared_stmt_count`).
 * TypeORM has no way to name a statement, so its query log and its subscribers do not see these.
 */
export function queryPrepared(dialect: 'postgres' | 'mariadb', connection: unknown): QueryStatement {
  return dialect === 'postgres' ? onPostgres(connection) : onMariadb(connection);
}

/** Errors of a server that refuses to prepare a statement, or to run a prepared one, before it runs. */
const NOT_PREPARED: ReadonlySet<unknown> = new Set([
  '0A000', // PostgreSQL: the result has other columns since a migration
  'ER_UNSUPPORTED_PS', // MySQL: a statement of this kind cannot be prepared
  'ER_MAX_PREPARED_STMT_COUNT_REACHED', // MariaDB and MySQL: all that the server allows are in use
]);

/** The names of prepared statements by their text. There are as many as the library has statements. */
const namesByText = new Map<string, string>();

/** The same for the same text in every process: a pooler shares the statements of its clients. */
function nameOf(sql: string): string {
  const name = namesByText.get(sql) ?? `phone_verify_${hash('sha256', sql).slice(0, 32)}`;
  namesByText.set(sql, name);
  return name;
}

function onPostgres(connection: unknown): QueryStatement {
  const query = async (statement: object): Promise<StatementResult> => {
    if (!hasMethod(connection, 'query')) throw new TypeError('The driver cannot prepare a statement.');
    const result: unknown = await connection.query(statement);
    const { rows = [], rowCount }: { rows?: readonly Row[]; rowCount?: number | null } = Object(result);
    return { rows, affected: rowCount ?? 0, insertId: 0 };
  };
  return async (statement, values) => {
    const { sql } = statement;
    if (isOfManyTexts(statement)) return query({ text: sql, values });
    try {
      return await query({ name: nameOf(sql), text: sql, values });
    } catch (thrown) {
      if (!isNotPrepared(thrown)) throw thrown;
      return query({ text: sql, values });
    }
  };
}

function onMariadb(connection: unknown): QueryStatement {
  const query = (method: 'execute' | 'query', sql: string, values: readonly unknown[]): Promise<StatementResult> =>
    new Promise((resolve, reject) => {
      if (!hasMethod(connection, method)) throw new TypeError('The driver cannot prepare a statement.');
      connection[method](sql, values, (error: unknown, result: unknown) => {
        if (error === null || error === undefined) resolve(mariadbResult(result));
        else reject(error);
      });
    });
  return async (statement, values) => {
    const { sql } = statement;
    if (isOfManyTexts(statement)) return query('query', sql, values);
    try {
      return await query('execute', sql, values);
    } catch (thrown) {
      if (!isNotPrepared(thrown)) throw thrown;
      return query('query', sql, values);
    }
  };
}

function mariadbResult(result: unknown): StatementResult {
  const rows: readonly Row[] = Array.isArray(result) ? result : [];
  const {
    affectedRows = rows.length,
    insertId = 0,
  }: {
    affectedRows?: number;
    insertId?: number | string;
  } = Object(result);
  return { rows, affected: affectedRows, insertId: Number(insertId) };
}

/** Whether a statement's text differs with the number of its rows. */
function isOfManyTexts({ parameters }: Statement): boolean {
  return parameters.some(({ item }) => item !== undefined);
}

function isNotPrepared(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && NOT_PREPARED.has(thrown.code);
}
