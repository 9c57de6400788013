import type { DataSource, QueryRunner } from 'typeorm';
import { vi } from 'vitest';

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
 * Has something happen before each statement of connections that are taken from now on, by its place from 0. What it
 * throws, the statement throws. Until mocks are restored.
 */
export function beforeStatements(dataSource: DataSource, action: (place: number) => Promise<void>): void {
  const create = dataSource.createQueryRunner.bind(dataSource);
  let places = 0;
  vi.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode): QueryRunner => {
    const queryRunner = create(mode);
    const query = queryRunner.query.bind(queryRunner);
    const hooked = async (...statement: Parameters<typeof query>): Promise<unknown> => {
      await action(places++);
      return query(...statement);
    };
    return Object.assign(queryRunner, { query: hooked });
  });
}
