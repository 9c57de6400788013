import type { SqlDialect } from './sql-dialect.js';

/** A property of a value that the types do not describe, such as a driver's connection. */
export function readProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether a value has a method. */
export function hasMethod<Name extends string>(
  value: unknown,
  name: Name,
): value is Record<Name, (...parameters: unknown[]) => unknown> {
  return typeof readProperty(value, name) === 'function';
}

/**
 * Closes a connection, also one whose statement hangs. Its pool replaces it. SQLite has one connection, which stays.
 */
export function closeConnection(dialect: SqlDialect, connection: unknown): void {
  if (dialect === 'postgres' && hasMethod(connection, 'end')) {
    // `pg` drops the socket of a client in use at once; the client's pool then forgets it.
    Promise.resolve(connection.end()).catch(() => undefined);
  }
  if (dialect === 'mariadb' && hasMethod(connection, 'destroy')) {
    // `mysql2` takes the connection out of its pool, but waits for the server to close the socket. With an error of the
    // socket it also ends the statement that hangs.
    connection.destroy();
    const stream = readProperty(connection, 'stream');
    if (hasMethod(stream, 'destroy')) stream.destroy(new Error('Closed: its statement took too long.'));
  }
}
