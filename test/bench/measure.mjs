// Measures all systems on one database and adapter, interleaved.
import { Process } from './commands.mjs';
import { ServerUnderTest } from './server-under-test.mjs';
import { SYSTEMS } from './systems.mjs';

const LOAD_CORE = 1;

/** Runs `repeats` windows of each phase on each system in turn. Returns the windows by system and phase. */
export async function measure({ systems, repeats, seconds, warmUpSeconds, profile, ...place }) {
  return withServers(place, async (create) => {
    const servers = systems.map((system) => create(system));
    for (const server of servers) await server.start(SYSTEMS[server.name].options);
    return interleave(servers, { repeats, seconds, warmUpSeconds, profile });
  });
}

/** Runs work with servers under test and a load generator, and stops all of them. */
export async function withServers(place, work) {
  const load = new Process('load.mjs', LOAD_CORE);
  const servers = [];
  try {
    return await work((name, population) => {
      const server = new ServerUnderTest(name, place, load, population);
      servers.push(server);
      return server;
    });
  } finally {
    await Promise.allSettled([...servers.map((server) => server.stop()), load.stop()]);
  }
}

/** Measures started servers in turn. Returns their windows by name and phase. Each turn begins with another one. */
export async function interleave(servers, { repeats, seconds, warmUpSeconds, profile }) {
  for (const server of servers) await server.warmUp(warmUpSeconds);
  const windows = Object.fromEntries(servers.map(({ name }) => [name, { register: [], check: [] }]));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const first = repeat % servers.length;
    const inTurn = [...servers.slice(first), ...servers.slice(0, first)];
    for (const phase of ['register', 'check']) {
      for (const server of inTurn) windows[server.name][phase].push(await server.window(phase, seconds, profile));
    }
  }
  for (const server of servers) await server.verifyNothingBlocked();
  return windows;
}
