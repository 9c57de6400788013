// One server under test, or several processes on one database, with a database of its own.
import { join } from 'node:path';
import { Process } from './commands.mjs';
import { deleteRedisKeys } from './databases.mjs';
import { numberOf } from './population.mjs';
import { beginProcessorTime } from './processor-time.mjs';

const SERVER_CORE = 0;

/** Enough for the compiler to optimize what runs for a request. */
const WARM_UP_REQUESTS = 5000;
/** Each round of the warm-up. With a long one, too few messages would be verified when `limits.conversion` counts them. */
const WARM_UP_ROUND = 200;
/** Before each window: connections that the pool closed meanwhile are opened again, and their caches are filled. */
const LEAD_IN_SECONDS = 0.3;
/** More sessions than the checks of a window are likely to need. */
const RESERVE = 1.2;

/** Where the counts of a window must grow. */
const COLUMNS = { register: 'opened', check: 'verified' };

let started = 0;

export class ServerUnderTest {
  #processes = [];
  #ports = [];
  #id = `server-${started++}`;
  #redisPrefix = `bench-${process.pid}-${this.#id}:`;
  #place;
  #load;
  #database;
  #checksPerSecond = 0;

  /**
   * @param name - In reports.
   * @param place - `databaseServer`, `adapter`, `folder` of the prepared package, `redisUrl` and `connections`.
   * @param load - The process of the load generator.
   * @param population - Which numbers it sends: see `population.mjs`.
   */
  constructor(name, place, load, population = 'world') {
    this.name = name;
    this.#place = place;
    this.#load = load;
    this.population = population;
  }

  /**
   * Starts the processes on a new database.
   *
   * @param options - Options of the library beside the backend; `undefined` starts the floor.
   * @param isPinned - Whether each process runs on the servers' core.
   */
  async start(options, { processes = 1, isPinned = true, nodeOptions = [] } = {}) {
    const { databaseServer, adapter, folder, redisUrl } = this.#place;
    this.#database = await databaseServer.create();
    const database = this.#database.options;
    const redis = { url: redisUrl, keyPrefix: this.#redisPrefix };
    for (let index = 0; index < processes; index++) {
      const server = new Process('server.mjs', isPinned ? SERVER_CORE : undefined, nodeOptions);
      this.#processes.push(server);
      const { port } = await server.call('start', { folder, options, adapter, database, redis });
      this.#ports.push(port);
    }
  }

  /** Options of the database, for a connection of the caller's own. */
  get database() {
    return this.#database;
  }

  /** @param seconds - Bounds the warm-up on a slow machine. */
  async warmUp(seconds = 60) {
    const end = performance.now() + seconds * 1000;
    for (let sent = 0; sent < WARM_UP_REQUESTS && performance.now() < end; sent += WARM_UP_ROUND) {
      await this.#send('register', { count: WARM_UP_ROUND });
      const { perSecond } = await this.#send('check', { codes: await this.#takeCodes() });
      this.#checksPerSecond = perSecond;
    }
  }

  /** One window, after a lead-in. */
  async window(phase, seconds, profile) {
    if (phase === 'register') await this.#send('register', { seconds: LEAD_IN_SECONDS });
    else await this.openSessions(this.#checksPerSecond * seconds * RESERVE);
    const codes = phase === 'check' ? await this.#takeCodes() : undefined;
    const before = await this.count();
    const endDatabase = await beginProcessorTime(this.#place.databaseServer, this.#database.name);
    await this.#call('begin', { isProfiled: profile !== undefined });
    const outcome = await this.#send(phase, { seconds, codes });
    const ended = await this.#call('end', { profile: this.#profilePath(profile, phase) });
    const databaseTime = await endDatabase?.();
    this.#verify(phase, before, await this.count(), outcome.requests);
    if (phase === 'check') this.#checksPerSecond = outcome.perSecond;
    return {
      ...outcome,
      serverCpu: ended.reduce((sum, { microseconds }) => sum + microseconds, 0) / outcome.requests,
      ...(databaseTime !== undefined && { databaseCpu: databaseTime / outcome.requests }),
    };
  }

  /** Opens a number of sessions and checks the code of each, outside of any window. */
  async flows(count) {
    await this.#send('register', { count });
    const { requests } = await this.#send('check', { codes: await this.#takeCodes() });
    if (requests !== count) throw new Error(`${count} sessions, but ${requests} checks`);
  }

  /** Opens sessions until there are enough for the checks of a window. This is also its lead-in. */
  async openSessions(needed) {
    await this.#send('register', { seconds: LEAD_IN_SECONDS });
    const missing = Math.ceil(needed) - (await this.#load.call('countSessions', { server: this.#id }));
    if (missing > 0) await this.#send('register', { count: missing });
  }

  /** Rows of the table, and those that are verified. */
  async count() {
    return this.#processes[0].call('count');
  }

  /** Deletes old rows, as the library does at intervals. */
  async purge() {
    return this.#processes[0].call('purge');
  }

  /** Bytes in use after a collection of garbage. Needs the Node option `--expose-gc`. */
  async memory() {
    return this.#processes[0].call('memory');
  }

  /** Fails if a limit reported the load as an attack: then its windows measured reports. */
  async verifyNothingBlocked() {
    const blocked = await this.#processes[0].call('blocked', { number: numberOf(this.population, 0) });
    if (blocked) throw new Error(`${this.name}: \`limits.conversion\` blocked a country of the population`);
  }

  /** Stops it, once. */
  async stop() {
    await Promise.all(this.#processes.splice(0).map((server) => server.stop()));
    const database = this.#database;
    this.#database = undefined;
    await database?.drop();
    if (this.#place.redisUrl) await deleteRedisKeys(this.#place.redisUrl, this.#redisPrefix);
  }

  #verify(phase, before, after, requests) {
    const column = COLUMNS[phase];
    const grown = after[column] - before[column];
    if (grown !== requests) throw new Error(`${phase}: ${requests} requests, but ${grown} more rows are ${column}`);
  }

  async #takeCodes() {
    return (await this.#call('takeCodes')).flat();
  }

  #call(command, input) {
    return Promise.all(this.#processes.map((server) => server.call(command, input)));
  }

  #send(command, input) {
    const { connections } = this.#place;
    const { population } = this;
    return this.#load.call(command, { server: this.#id, ports: this.#ports, connections, population, ...input });
  }

  #profilePath(folder, phase) {
    const { databaseServer, adapter } = this.#place;
    return folder && join(folder, `${databaseServer.kind}-${adapter}-${this.name}-${phase}.cpuprofile`);
  }
}
