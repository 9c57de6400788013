import { type ChildProcessByStdio, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

const HOST = '127.0.0.1';
const CLUSTER_NODES = 3;

/** The name under which Sentinel knows the server. */
export const SENTINEL_NAME = 'limits';

/** Address of a server. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** The tests' own servers: one server with a Sentinel, and a cluster. */
export interface RedisServers {
  readonly server: RedisAddress;
  readonly sentinel: RedisAddress;
  readonly cluster: readonly RedisAddress[];
}

/** Whether this machine has the programs to start servers. */
export const hasRedisServer = ['redis-server', 'redis-cli'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

let starting: Promise<RedisServers> | undefined;

/** Starts the servers, once for each process that runs tests. They end with that process. */
export function redisServers(): Promise<RedisServers> {
  starting ??= startServers();
  return starting;
}

async function startServers(): Promise<RedisServers> {
  const [server, cluster] = await Promise.all([startServer(), startCluster()]);
  return { server, cluster, sentinel: await startSentinel(server) };
}

async function startServer(): Promise<RedisAddress> {
  return start([], 'Ready to accept connections');
}

async function startCluster(): Promise<RedisAddress[]> {
  const nodes = await Promise.all(Array.from({ length: CLUSTER_NODES }, startClusterNode));
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
  // Ends when all nodes agree on the slots.
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  return nodes;
}

async function startClusterNode(): Promise<RedisAddress> {
  const settings = ['cluster-enabled yes', `cluster-port ${await freePort()}`];
  return start(settings, 'Ready to accept connections');
}

async function startSentinel({ host, port }: RedisAddress): Promise<RedisAddress> {
  return start([`sentinel monitor ${SENTINEL_NAME} ${host} ${port} 1`], '+monitor master', ['--sentinel']);
}

/** Starts a server in a folder of its own, and waits until it prints that it is ready. */
async function start(
  settings: readonly string[],
  readyLine: string,
  parameters: readonly string[] = [],
): Promise<RedisAddress> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'phone-verify-redis-'));
  const file = join(folder, 'redis.conf');
  writeFileSync(file, [`bind ${HOST}`, `port ${port}`, `dir ${folder}`, 'save ""', ...settings, ''].join('\n'));
  // The input of the shell ends with this process, however that ends.
  const script = 'redis-server "$@" & cat >/dev/null; kill -KILL $!; wait $!; rm -rf "$(dirname "$1")"';
  const shell = spawn('sh', ['-c', script, 'sh', file, ...parameters], { stdio: ['pipe', 'pipe', 'ignore'] });
  await untilPrinted(shell, readyLine);
  return { host: HOST, port };
}

async function untilPrinted(shell: ChildProcessByStdio<Writable, Readable, null>, text: string): Promise<void> {
  const printed: string[] = [];
  for await (const line of createInterface(shell.stdout)) {
    printed.push(line);
    if (line.includes(text)) break;
  }
  if (!printed.at(-1)?.includes(text)) throw new Error(`redis-server ended:\n${printed.join('\n')}`);
  // What nobody reads would stop the server.
  shell.stdout.resume();
}

/** A port that nobody uses. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
