import { hash } from 'node:crypto';
import type { QueryStatement, Row, StatementResult } from './database.js';
import { hasMethod } from './driver-connection.js';
import type { Statement } from './sql-dialect.js';

/** How statements are sent to a driver. */
export interface DriverOptions {
  /** Whether the server parses and plans each statement once for a connection. */
  readonly isPrepared: boolean;
}

/** Sends one statement through a driver. */
type Send = (sql: string, values: readonly unknown[], options: DriverOptions) => Promise<StatementResult>;

/**
 * Runs statements on a connection of the driver, without TypeORM's query runner: its query log and its subscribers do not
 * see them. On MariaDB a check then takes about a tenth less of the process, and only so can a statement be prepared under a
 * name.
 *
 * Statements with a text for each number of rows are not prepared: there are hundreds, and MariaDB allows 16 382 at once
 * for all connections (`max_prepared_stmt_count`).
 */
export function queryDriver(
  dialect: 'postgres' | 'mariadb',
  connection: unknown,
  { isPrepared }: DriverOptions,
): QueryStatement {
  const send = dialect === 'postgres' ? sendToPostgres(connection) : sendToMariadb(connection);
  return async (statement, values) => {
    const { sql } = statement;
    if (!isPrepared || isOfManyTexts(statement)) return send(sql, values, { isPrepared: false });
    try {
      return await send(sql, values, { isPrepared: true });
    } catch (thrown) {
      if (!isNotPrepared(thrown)) throw thrown;
      return send(sql, values, { isPrepared: false });
    }
  };
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

function sendToPostgres(connection: unknown): Send {
  return async (sql, values, { isPrepared }) => {
    if (!hasMethod(connection, 'query')) throw new TypeError('The connection of the driver has no method `query`.');
    const statement = isPrepared ? { name: nameOf(sql), text: sql, values } : { text: sql, values };
    const result: unknown = await connection.query(statement);
    const { rows = [], rowCount }: { rows?: readonly Row[]; rowCount?: number | null } = Object(result);
    return { rows, affected: rowCount ?? 0, insertId: 0 };
  };
}

function sendToMariadb(connection: unknown): Send {
  return (sql, values, { isPrepared }) =>
    new Promise((resolve, reject) => {
      const method = isPrepared ? 'execute' : 'query';
      if (!hasMethod(connection, method))
        throw new TypeError(`The connection of the driver has no method \`${method}\`.`);
      connection[method](sql, values, (error: unknown, result: unknown) => {
        if (error === null || error === undefined) resolve(mariadbResult(result));
        else reject(error);
      });
    });
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
