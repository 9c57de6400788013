import type { DataSource } from 'typeorm';
import { hasMethod, readProperty } from './driver-connection.js';

/**
 * Requests that the server cancel the statement of a connection.
 *
 * @param connection - The driver's connection.
 * @param signal - Ends the attempt when it aborts.
 * @throws if the request did not reach the server.
 */
export type CancelStatement = (connection: unknown, signal: AbortSignal) => Promise<void>;

/** How to cancel statements on a data source; `undefined` for SQLite, whose driver is synchronous. */
export function statementCanceller(dataSource: DataSource): CancelStatement | undefined {
  const { type } = dataSource.options;
  if (type === 'postgres') return cancelOnPostgres;
  if (type !== 'mariadb' && type !== 'mysql') return undefined;
  const driver = readProperty(dataSource.driver, 'mysql');
  return (connection, signal) => cancelOnMariadb(driver, connection, signal);
}

/**
 * Sends PostgreSQL's cancel request on a new connection. It needs no credentials, does not count towards
 * `max_connections`, and poolers forward it. The server closes the connection after it has processed the request.
 */
async function cancelOnPostgres(client: unknown, signal: AbortSignal): Promise<void> {
  const request = newPostgresConnection(client);
  const ssl = readProperty(client, 'ssl');
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      destroyStream(request);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    let isSent = false;
    const closed = (): void => {
      signal.removeEventListener('abort', stop);
      if (isSent) resolve();
      else reject(new Error('The server closed the connection before the cancel request.'));
    };
    request.once('error', reject);
    request.once('end', closed);
    if (ssl) request.once('connect', () => request.requestSsl());
    request.once(ssl ? 'sslconnect' : 'connect', () => {
      const stream = readProperty(request, 'stream');
      if (hasMethod(stream, 'once')) stream.once('close', closed);
      request.cancel(readProperty(client, 'processID'), readProperty(client, 'secretKey'));
      isSent = true;
    });
    const port = readProperty(client, 'port');
    const host = readProperty(client, 'host');
    if (typeof host === 'string' && host.startsWith('/')) request.connect(`${host}/.s.PGSQL.${String(port)}`);
    else request.connect(port, host);
  });
}

/** Creates a `pg` connection to the server of a client, without opening it. */
function newPostgresConnection(
  client: unknown,
): Record<'connect' | 'requestSsl' | 'cancel' | 'once', (...values: unknown[]) => unknown> {
  const own = readProperty(client, 'connection');
  const Connection = readProperty(own, 'constructor');
  if (typeof Connection !== 'function') throw new TypeError('The driver cannot cancel a statement.');
  const request: unknown = Reflect.construct(Connection, [
    { ssl: readProperty(client, 'ssl'), sslNegotiation: readProperty(own, 'sslNegotiation') },
  ]);
  if (
    hasMethod(request, 'connect') &&
    hasMethod(request, 'requestSsl') &&
    hasMethod(request, 'cancel') &&
    hasMethod(request, 'once')
  ) {
    return request;
  }
  throw new TypeError('The driver cannot cancel a statement.');
}

function destroyStream(connection: unknown): void {
  const stream = readProperty(connection, 'stream');
  if (hasMethod(stream, 'destroy')) stream.destroy();
}

/** Settings that a second connection to the same server, as the same user, needs. */
const CONNECTION_SETTINGS = ['host', 'port', 'socketPath', 'user', 'password', 'ssl', 'authPlugins'];

/** Runs MariaDB's `KILL QUERY` on a second connection. Every user may cancel their own statements. */
async function cancelOnMariadb(driver: unknown, connection: unknown, signal: AbortSignal): Promise<void> {
  const config = readProperty(connection, 'config');
  const threadId = Number(readProperty(connection, 'threadId'));
  if (!hasMethod(driver, 'createConnection') || !Number.isInteger(threadId)) {
    throw new TypeError('The driver cannot cancel a statement.');
  }
  const settings = CONNECTION_SETTINGS.map((name) => [name, readProperty(config, name)]);
  const other: unknown = driver.createConnection(Object.fromEntries(settings.filter(([, value]) => value != null)));
  if (!hasMethod(other, 'query') || !hasMethod(other, 'destroy') || !hasMethod(other, 'on')) {
    throw new TypeError('The driver cannot cancel a statement.');
  }
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      other.on('error', reject);
      other.query(`KILL QUERY ${threadId}`, (error: unknown) => (error ? reject(error) : resolve()));
    });
  } finally {
    other.destroy();
  }
}
