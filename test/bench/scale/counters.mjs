// Rows that many sends lock: how many connections wait for a lock while numbers of one country, or of one prefix after
// another, receive codes. PostgreSQL only.
import { setTimeout as pause } from 'node:timers/promises';

const SAMPLE_MS = 20;
const WITHOUT_REFUSAL = [{ max: 1_000_000_000, seconds: 3600 }];

/** The default configuration must not wait. `total` and `perCountry` are exact, so their sends queue for one row. */
const CONFIGURATIONS = {
  'all default rules': {},
  'with perCountry': { limits: { perCountry: WITHOUT_REFUSAL } },
  'with total': { limits: { total: WITHOUT_REFUSAL } },
};

/** Share of waiting connections above which sends of the default configuration share a row. */
const MAX_WAITING = 0.01;

export async function measureCounters({ create, databaseServer, repeats, seconds }) {
  if (databaseServer.kind !== 'postgres') throw new Error('counters: only PostgreSQL tells which connections wait');
  const results = [];
  for (const population of ['world', 'country']) {
    for (const [name, options] of Object.entries(CONFIGURATIONS)) {
      const server = create(
        `${name}, numbers of ${population === 'world' ? 'many countries' : 'one country'}`,
        population,
      );
      await server.start(options);
      await server.warmUp();
      const windows = [];
      const waiting = await shareWaiting(databaseServer, server.database.name, async () => {
        for (let repeat = 0; repeat < repeats; repeat++) windows.push(await server.window('register', seconds));
      });
      await server.stop();
      const isMet = Object.keys(options).length > 0 || waiting <= MAX_WAITING;
      results.push({ system: server.name, waiting, isMet, windows });
    }
  }
  return { results };
}

/** Samples the share of busy connections that wait for a lock during work. */
async function shareWaiting(databaseServer, database, work) {
  const done = new AbortController();
  const sums = { busy: 0, waiting: 0 };
  async function sample() {
    while (!done.signal.aborted) {
      const [row] = await databaseServer.query(
        `SELECT COUNT(*) AS busy, COUNT(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
        FROM pg_stat_activity WHERE datname = $1 AND state = 'active'`,
        [database],
      );
      sums.busy += Number(row.busy);
      sums.waiting += Number(row.waiting);
      await pause(SAMPLE_MS);
    }
  }
  await Promise.all([work().finally(() => done.abort()), sample()]);
  return sums.busy === 0 ? 0 : sums.waiting / sums.busy;
}
