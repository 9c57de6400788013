// Measures how the library scales: `npm run bench:scale -- rows purge processes counters memory startup`.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DatabaseServer } from '../databases.mjs';
import { withServers } from '../measure.mjs';
import { preparePackage } from '../prepared-package.mjs';
import { measureCounters } from './counters.mjs';
import { measureMemory } from './memory.mjs';
import { measureProcesses } from './processes.mjs';
import { measurePurge } from './purge.mjs';
import { measureRows } from './rows.mjs';
import { measureStartup } from './startup.mjs';

/** Each with the connections that it uses. */
const MEASUREMENTS = {
  rows: { measure: measureRows, connections: 16 },
  purge: { measure: measurePurge, connections: 16 },
  processes: { measure: measureProcesses, connections: 16 },
  counters: { measure: measureCounters, connections: 64 },
  memory: { measure: measureMemory, connections: 16 },
  startup: { measure: measureStartup, connections: 0 },
};

// Ctrl+C ends the child processes. This one goes on, to drop their databases.
process.on('SIGINT', () => undefined);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: 'string', default: 'postgres' },
    adapter: { type: 'string', default: 'fastify' },
    rows: { type: 'string', default: '0,1000000,5000000' },
    purged: { type: 'string', default: '1000000' },
    flows: { type: 'string', default: '50000' },
    repeats: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    package: { type: 'string' },
    json: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS);
const unknown = names.find((name) => !(name in MEASUREMENTS));
if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${Object.keys(MEASUREMENTS).join(', ')}`);

const url = process.env[`TEST_${values.database.toUpperCase()}_URL`];
if (url === undefined) throw new Error(`set TEST_${values.database.toUpperCase()}_URL`);
const databaseServer = new DatabaseServer(values.database, url);
const prepared = preparePackage(values.package);
const results = {};
await databaseServer.connect();
try {
  for (const name of names) {
    results[name] = await measureOne(MEASUREMENTS[name]);
    console.log(`## ${name}\n${JSON.stringify(results[name], withoutWindows, 2)}\n`);
  }
} finally {
  await databaseServer.close();
  prepared.remove();
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, undefined, 2));

function measureOne({ measure, connections }) {
  const { adapter } = values;
  return withServers({ databaseServer, adapter, folder: prepared.url, connections }, (create) =>
    measure({
      create,
      databaseServer,
      folder: prepared.url,
      rows: values.rows.split(',').map(Number),
      purged: Number(values.purged),
      flows: Number(values.flows),
      repeats: Number(values.repeats),
      seconds: Number(values.seconds),
    }),
  );
}

/** Each window is in the file; the terminal shows what they come to. */
function withoutWindows(key, value) {
  return key === 'windows' ? undefined : value;
}
