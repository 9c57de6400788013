import type { DataSource } from 'typeorm';
import { onTestFinished, vi } from 'vitest';
import { interceptStatements } from './statement-interceptor.mjs';

/** Waits until one statement on the server waits for a lock. */
export async function untilOneWaits(dataSource: DataSource): Promise<void> {
  await untilCountWaits(dataSource, 1);
}

/** Waits until no statement waits for a lock, so that {@link untilOneWaits} does not find an earlier one. */
export async function untilNoneWaits(dataSource: DataSource): Promise<void> {
  await untilCountWaits(dataSource, 0);
}

async function untilCountWaits(dataSource: DataSource, count: number): Promise<void> {
  // MariaDB refreshes its list of transactions ten times a second, unless it is queried more often.
  const polling = { timeout: 5000, interval: 150 };
  await vi.waitFor(async () => {
    const waiting = await waitingStatements(dataSource);
    if (waiting !== count) throw new Error(`${waiting} statements wait, not ${count}`);
  }, polling);
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
 * Runs an action before each statement of later connections, until the test ends. What it throws,
 * the statement throws.
 *
 * @param action - Gets the position of the statement, from 0.
 * @returns A function that ends this earlier.
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

/**
 * Holds the result of the first statement that is wanted, which has taken effect by then.
 *
 * @returns A function that releases the result.
 */
export function holdResult(dataSource: DataSource, isWanted: (sql: string) => boolean): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  const stop = interceptStatements(dataSource, async (run, sql) => {
    const result = await run();
    if (isHeld || !isWanted(sql)) return result;
    isHeld = true;
    await released;
    return result;
  });
  onTestFinished(stop);
  return release;
}
