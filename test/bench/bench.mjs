// Measures the library against a floor, and reports the ratios against the goals: see CONTRIBUTING.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { format } from 'prettier';
import { isPinned } from './commands.mjs';
import { DatabaseServer } from './databases.mjs';
import { judge } from './goals.mjs';
import { measure } from './measure.mjs';
import { readOptions } from './options.mjs';
import { preparePackage } from './prepared-package.mjs';
import { reportOf } from './report.mjs';

const RESULTS = new URL('RESULTS.md', import.meta.url);

// Ctrl+C ends the child processes. This one goes on, to drop their databases.
process.on('SIGINT', () => undefined);

const options = readOptions();
for (const name of options.leftOut) console.log(`Left out ${name}`);
if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });

const prepared = preparePackage(options.package);
const runs = [];
const versions = [];
try {
  for (const database of options.databases) await measureDatabase(database);
} finally {
  prepared.remove();
}

const result = { about: aboutRun(), runs };
const report = await format(reportOf(result), { parser: 'markdown' });
console.log(report);
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(result, undefined, 2));
if (options.isWritten)
  writeFileSync(RESULTS, `${readFileSync(RESULTS, 'utf8').split('\n## ')[0].split('\n- ')[0]}\n${report}`);

const missed = runs.flatMap(judge).filter(({ isNear }) => !isNear);
if (options.isQuick && missed.length > 0) {
  for (const { phase, system, figure } of missed)
    console.log(`Not even half of a goal: ${phase}, ${system}, ${figure}`);
  process.exitCode = 1;
}

async function measureDatabase(database) {
  const databaseServer = new DatabaseServer(database, options.servers[database]);
  await databaseServer.connect();
  try {
    versions.push(await databaseServer.version());
    // SQLite has one connection, in the process of the server: there is nothing to compare between adapters.
    const isEmbedded = database === 'sqlite';
    for (const adapter of isEmbedded ? options.adapters.slice(0, 1) : options.adapters) {
      for (const connections of isEmbedded ? options.connections.slice(0, 1) : options.connections) {
        const { systems, repeats, seconds, warmUpSeconds, profile, servers } = options;
        const place = { databaseServer, adapter, connections, folder: prepared.url, redisUrl: servers.redis };
        const windows = await measure({ ...place, systems, repeats, seconds, warmUpSeconds, profile });
        runs.push({ database, adapter, connections, windows });
      }
    }
  } finally {
    await databaseServer.close();
  }
}

function aboutRun() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const packages = ['@nestjs/core', 'typeorm', 'pg', 'mysql2', 'libsql'].map(
    (name) => `${name} ${devDependencies[name]}`,
  );
  const [{ model }] = cpus();
  return {
    machine: `${cpus().length} × ${model.trim()}${isPinned ? ': the server on one, the load on the other, the databases on either' : ''}`,
    versions: [`Node ${process.versions.node}`, ...packages, ...versions].join(', '),
    windows: `${options.repeats} of ${options.seconds} s for each system in turn; medians (smallest to largest)`,
  };
}
