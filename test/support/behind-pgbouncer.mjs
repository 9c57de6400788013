// Runs a command behind a PgBouncer of its own, in transaction mode with a small pool, in front of the PostgreSQL of
// `TEST_POSTGRES_URL`: `node test/support/behind-pgbouncer.mjs npx vitest run test/e2e/flow.e2e-spec.ts`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HOST = '127.0.0.1';
/** Connections to the server for each database. By default half as many as the pool of one application has. */
const POOL_SIZE = process.env['PGBOUNCER_POOL_SIZE'] ?? 5;

const [command, ...parameters] = process.argv.slice(2);
const url = process.env['TEST_POSTGRES_URL'];
if (url === undefined || command === undefined) throw new Error('set TEST_POSTGRES_URL and give a command');

const port = await freePort();
const pooler = await startPooler();
const behind = new URL(url);
behind.host = `${HOST}:${port}`;
const child = spawn(command, parameters, {
  stdio: 'inherit',
  env: { ...process.env, TEST_POSTGRES_URL: behind.href },
});
const [status] = await once(child, 'exit');
pooler.stdin.end();
process.exitCode = status ?? 1;

async function startPooler() {
  const folder = mkdtempSync(join(tmpdir(), 'phone-verify-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, settings());
  // PgBouncer refuses to run as root.
  const user = process.getuid() === 0 ? ['-u', 'nobody'] : [];
  // The input of the shell ends with this process, however that ends.
  const script = 'pgbouncer "$@" 2>&1 & cat >/dev/null; kill -KILL $!; wait $!; rm -rf "$0"';
  const shell = spawn('sh', ['-c', script, folder, ...user, file], { stdio: ['pipe', 'pipe', 'ignore'] });
  await untilPrinted(shell.stdout, 'process up');
  return shell;
}

/**
 * Every database of the server, with its URL's user. It ignores `options` of a connection, which it does not support: the
 * isolation level that tests set with it.
 */
function settings() {
  const { hostname, port: serverPort, username, password } = new URL(url);
  const server = [
    `host=${hostname}`,
    `port=${serverPort || 5432}`,
    `user=${decodeURIComponent(username)}`,
    ...(password === '' ? [] : [`password='${decodeURIComponent(password)}'`]),
  ];
  return `[databases]
* = ${server.join(' ')}
[pgbouncer]
listen_addr = ${HOST}
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 500
ignore_startup_parameters = options
`;
}

async function untilPrinted(output, text) {
  const printed = [];
  for await (const line of createInterface(output)) {
    printed.push(line);
    if (line.includes(text)) break;
  }
  if (!printed.at(-1)?.includes(text)) throw new Error(`PgBouncer ended:\n${printed.join('\n')}`);
  // What nobody reads would stop it.
  output.resume();
}

/** A port that nobody uses. */
async function freePort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}
