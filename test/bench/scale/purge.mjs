// The p99 of checks while old rows are deleted, compared with before.
import { fillTable } from './fill-table.mjs';
import { median } from '../statistics.mjs';

const MAX_SLOWER = 2;

/** Deletes rows older than the retention while checks go on. */
export async function measurePurge({ create, databaseServer, purged, repeats, seconds }) {
  const server = create('purge');
  await server.start({});
  await fillTable(databaseServer, server.database, { count: purged, minAgeDays: 31, maxAgeDays: 60 });
  await server.warmUp();
  const before = [];
  for (let repeat = 0; repeat < repeats; repeat++) before.push(await server.window('check', seconds));

  const start = performance.now();
  let isPurging = true;
  const purge = server.purge().finally(() => {
    isPurging = false;
  });
  const during = [];
  while (isPurging) during.push(await server.window('check', seconds));
  const { deleted } = await purge;
  if (deleted !== purged) throw new Error(`${deleted} rows were deleted instead of ${purged}`);

  const p99 = { before: median(before.map(toP99)), during: median(during.map(toP99)) };
  return {
    purgeSeconds: (performance.now() - start) / 1000,
    p99,
    ratio: p99.during / p99.before,
    isMet: p99.during <= p99.before * MAX_SLOWER,
    windows: { before, during },
  };
}

function toP99({ p99 }) {
  return p99;
}
