// Measures all systems on one database and adapter, interleaved.
import { join } from 'node:path';
import { Process } from './commands.mjs';
import { deleteRedisKeys } from './databases.mjs';
import { beginProcessorTime } from './processor-time.mjs';

const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Enough for the compiler to optimize what runs for a request; the seconds bound it on a slow machine. */
const WARM_UP = { count: 5000, seconds: 8 };
/** Before each window: connections that the pool closed meanwhile are opened again, and their caches are filled. */
const LEAD_IN_SECONDS = 0.3;
/** More sessions than the checks of a window are likely to need. */
const RESERVE = 1.2;

/** Runs `repeats` windows of each phase on each system in turn. Returns the windows by system and phase. */
export async function measure({ systems, connections, repeats, seconds, profile, ...place }) {
  const load = new Process('load.mjs', LOAD_CORE);
  const servers = [];
  try {
    for (const system of systems) servers.push(await ServerUnderTest.start({ ...place, system, load, connections }));
    for (const server of servers) await server.warmUp();
    const windows = Object.fromEntries(systems.map((system) => [system, { register: [], check: [] }]));
    for (let repeat = 0; repeat < repeats; repeat++) {
      const inTurn = [...servers.slice(repeat % servers.length), ...servers.slice(0, repeat % servers.length)];
      for (const phase of ['register', 'check']) {
        for (const server of inTurn) windows[server.system][phase].push(await server.window(phase, seconds, profile));
      }
    }
    return windows;
  } finally {
    for (const server of servers) await server.stop();
    await load.stop();
  }
}

class ServerUnderTest {
  #process;
  #load;
  #place;
  #database;
  #port;
  #checksPerSecond = 0;

  static async start(settings) {
    const server = new ServerUnderTest();
    await server.#start(settings);
    return server;
  }

  async #start({ system, load, connections, databaseServer, adapter, folder, redisUrl }) {
    this.system = system;
    this.#load = load;
    const redisPrefix = `bench-${process.pid}-${Date.now()}:`;
    this.#place = { databaseServer, adapter, redisUrl, redisPrefix, connections };
    this.#database = await databaseServer.create();
    this.#process = new Process('server.mjs', SERVER_CORE);
    const database = this.#database.options;
    const { port } = await this.#process.call('start', { folder, system, adapter, database, redisUrl, redisPrefix });
    this.#port = port;
  }

  async warmUp() {
    await this.#send('register', WARM_UP);
    const codes = await this.#process.call('takeCodes');
    const { perSecond } = await this.#send('check', { seconds: WARM_UP.seconds, codes });
    this.#checksPerSecond = perSecond;
  }

  /** One window, after a lead-in. */
  async window(phase, seconds, profile) {
    if (phase === 'register') await this.#send('register', { seconds: LEAD_IN_SECONDS });
    else await this.#openSessions(this.#checksPerSecond * seconds * RESERVE);
    const codes = phase === 'check' ? await this.#process.call('takeCodes') : undefined;
    const before = await this.#process.call('count');
    const endDatabase = await beginProcessorTime(this.#place.databaseServer, this.#database.name);
    await this.#process.call('begin', { isProfiled: profile !== undefined });
    const outcome = await this.#send(phase, { seconds, codes });
    if (phase === 'check') this.#checksPerSecond = outcome.perSecond;
    const { microseconds } = await this.#process.call('end', { profile: this.#profilePath(profile, phase) });
    const databaseTime = await endDatabase?.();
    const after = await this.#process.call('count');
    const column = phase === 'register' ? 'opened' : 'verified';
    if (after[column] - before[column] !== outcome.requests) {
      throw new Error(`${this.system}: ${outcome.requests} requests, but ${after[column] - before[column]} ${column}`);
    }
    return {
      ...outcome,
      serverCpu: microseconds / outcome.requests,
      ...(databaseTime !== undefined && { databaseCpu: databaseTime / outcome.requests }),
    };
  }

  /** Opens sessions until there are enough for the checks of a window. This is also its lead-in. */
  async #openSessions(needed) {
    await this.#send('register', { seconds: LEAD_IN_SECONDS });
    const missing = Math.ceil(needed) - (await this.#load.call('countSessions', { server: this.system }));
    if (missing > 0) await this.#send('register', { count: missing });
  }

  #send(command, input) {
    const { connections } = this.#place;
    return this.#load.call(command, { server: this.system, port: this.#port, connections, ...input });
  }

  #profilePath(folder, phase) {
    const { databaseServer, adapter } = this.#place;
    return folder && join(folder, `${databaseServer.kind}-${adapter}-${this.system}-${phase}.cpuprofile`);
  }

  async stop() {
    await this.#process.stop();
    await this.#database.drop();
    if (this.system === 'redis') await deleteRedisKeys(this.#place.redisUrl, this.#place.redisPrefix);
  }
}
