import type { SqlDialect } from './sql-dialect.js';

/** Reads a property of a value without a type, such as a driver's connection. */
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

/** Closes a connection, even one whose statement hangs. Its pool replaces it. SQLite's only connection stays open. */
export function closeConnection(dialect: SqlDialect, connection: unknown): void {
  if (dialect === 'postgres' && hasMethod(connection, 'end')) {
    // `pg` closes the socket of a busy client immediately; its pool then removes the client.
    Promise.resolve(connection.end()).catch(() => undefined);
  }
  if (dialect === 'mariadb' && hasMethod(connection, 'destroy')) {
    // `mysql2` removes the connection from its pool, but waits for the server to close the socket. An error of the socket
    // also ends the statement that hangs.
    connection.destroy();
    const stream = readProperty(connection, 'stream');
    if (hasMethod(stream, 'destroy'))
      stream.destroy(new Error('Connection closed: its statement exceeded the time limit.'));
  }
}
