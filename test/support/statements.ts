import type { DataSource } from 'typeorm';
import { onTestFinished, vi } from 'vitest';
import { interceptStatements } from './statement-interceptor.mjs';

/** Waits until a statement waits for another one's lock, on a server. */
export async function untilOneWaits(dataSource: DataSource): Promise<void> {
  await untilSoManyWait(dataSource, 1);
}

/** Waits until no statement does, so that {@link untilOneWaits} is not told of one that waited before. */
export async function untilNoneWaits(dataSource: DataSource): Promise<void> {
  await untilSoManyWait(dataSource, 0);
}

async function untilSoManyWait(dataSource: DataSource, count: number): Promise<void> {
  // MariaDB refreshes what it tells about transactions ten times a second, if nobody asks more often.
  const look = { timeout: 5000, interval: 150 };
  await vi.waitFor(async () => {
    const waiting = await waitingStatements(dataSource);
    if (waiting !== count) throw new Error(`${waiting} statements wait, not ${count}`);
  }, look);
}

async function waitingStatements(dataSource: DataSource): Promise<number> {
  const [row]: { total: unknown }[] = await dataSource.query(
    dataSource.options.type === 'postgres'
      ? `SELECT COUNT(*) AS total FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
      : `SELECT COUNT(*) AS total FROM information_schema.innodb_trx JOIN information_schema.processlist
          ON id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`,
  );
  return Number(row?.total);
}

/**
 * Runs an action before each statement of the connections that are taken from now on, until the test ends. What it throws,
 * the statement throws.
 *
 * @param action - Gets the statement's place, from 0.
 * @returns Ends this earlier.
 */
export function beforeStatements(dataSource: DataSource, action: (place: number) => Promise<void>): () => void {
  let places = 0;
  const stop = interceptStatements(dataSource, async (run) => {
    await action(places++);
    return run();
  });
  onTestFinished(stop);
  return stop;
}
