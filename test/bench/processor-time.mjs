// Processor time of a database server on this machine, from `/proc`.
import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ`, which is 100 on every usual Linux. */
const MICROSECONDS_PER_TICK = 10_000;

/**
 * Reads the processes that work for a database, and returns a function that measures their microseconds since; `undefined`
 * where that is not possible. Of PostgreSQL these are the connections of this database, and those that write for all.
 */
export async function beginProcessorTime(server, database) {
  if (!server.isLocal) return undefined;
  const before = await timesOf(server, database);
  if (before.size === 0) return undefined;
  return async () => {
    const after = await timesOf(server, database);
    return [...after].reduce((sum, [pid, time]) => sum + time - (before.get(pid) ?? 0), 0);
  };
}

async function timesOf(server, database) {
  const pids = server.kind === 'postgres' ? await postgresPids(server, database) : mariadbPids();
  return new Map(pids.map((pid) => [pid, timeOf(pid)]).filter(([, time]) => time !== undefined));
}

async function postgresPids(server, database) {
  const rows = await server.query('SELECT pid FROM pg_stat_activity WHERE datname = $1 OR datname IS NULL', [database]);
  return rows.map(({ pid }) => pid);
}

function mariadbPids() {
  return readOrNone(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name))).filter((pid) =>
    ['mariadbd', 'mysqld'].includes(readOrNone(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())),
  );
}

function timeOf(pid) {
  const stat = readOrNone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat.length === 0) return undefined;
  // The fields after the name, which may contain spaces: the 12th and 13th are user and system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** A process may end at any time, and other systems have no `/proc`. */
function readOrNone(read) {
  try {
    return read();
  } catch {
    return [];
  }
}
