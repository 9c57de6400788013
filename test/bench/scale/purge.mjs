// The p99 of checks while old rows are deleted, compared with before.
import { fillTable } from './fill-table.mjs';
import { median } from '../statistics.mjs';

const MAX_SLOWER = 2;

/** Deletes rows older than the retention while checks go on. */
export async function measurePurge({ create, databaseServer, purged: count, repeats, seconds }) {
  const server = create('purge');
  await server.start({});
  await fillTable(databaseServer, server.database, { count, minAgeDays: 31, maxAgeDays: 60 });
  await server.warmUp();
  const before = [];
  for (let repeat = 0; repeat < repeats; repeat++) before.push(await server.window('check', seconds));

  const start = performance.now();
  const purged = new AbortController();
  const [{ deleted }, during] = await Promise.all([
    server.purge().finally(() => purged.abort()),
    checkUntil(purged.signal, server, seconds),
  ]);
  if (deleted !== count) throw new Error(`${deleted} rows were deleted instead of ${count}`);

  const p99 = { before: median(before.map(toP99)), during: median(during.map(toP99)) };
  return {
    purgeSeconds: (performance.now() - start) / 1000,
    p99,
    ratio: p99.during / p99.before,
    isMet: p99.during <= p99.before * MAX_SLOWER,
    windows: { before, during },
  };
}

async function checkUntil(signal, server, seconds) {
  const windows = [];
  while (!signal.aborted) windows.push(await server.window('check', seconds));
  return windows;
}

function toP99({ p99 }) {
  return p99;
}
