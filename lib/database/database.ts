import { setTimeout as pauseFor } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Semaphore } from '../common/semaphore.js';
import type { StorageTimeout, TimeLimit } from '../common/time.js';
import { AbandonedStatements } from './abandoned-statements.js';
import { closeConnection } from './driver-connection.js';
import { hasConnectTimeout, poolSizeOf } from './pool-size.js';
import { statementCanceller } from './statement-canceller.js';
import { queryDriver } from './driver-statements.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { randomDelay } from '../common/random.js';
import { dialectOf, type SqlDialect, type Statement } from './sql-dialect.js';
import { hasObservers } from './statement-observers.js';
import { canRetry, unavailable } from './storage-failures.js';

/** Values of a statement's parameters by name. */
export type StatementParameters = Readonly<Record<string, Parameter | readonly Parameter[]>>;

/** Value of a parameter. */
export type Parameter = string | number | null;

/** Values of one row by the names of the statement's parameters. */
export type RowValues = Readonly<Record<string, Parameter>>;

/** Parameters of a statement about several rows: one list for each name. */
export function listParameters(rows: readonly RowValues[]): StatementParameters {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

/** A row as the driver returns it: PostgreSQL and MariaDB return `bigint` columns as text. */
export type Row = Readonly<Record<string, unknown>>;

/** What a statement returned. */
export interface StatementResult {
  readonly rows: readonly Row[];
  readonly affected: number;
  /** MariaDB's insert id; 0 elsewhere. */
  readonly insertId: number;
}

/** Sends one statement to the database, with the values in the order of its placeholders. */
export type QueryStatement = (statement: Statement, values: readonly unknown[]) => Promise<StatementResult>;

/** Runs one statement. */
export type Run = (statement: Statement, parameters: StatementParameters) => Promise<StatementResult>;

/** How to run an operation. */
export interface RunOptions<T> {
  /** Also limits how many operations of this kind run at the same time. */
  readonly semaphore?: Semaphore;
  /** Handles a result that arrives after the time limit, and has taken effect. Then the operation fails. */
  readonly onLate?: (result: T) => Promise<void>;
}

const BEGIN: Statement = { sql: 'BEGIN', parameters: [] };
const COMMIT: Statement = { sql: 'COMMIT', parameters: [] };
const ROLLBACK: Statement = { sql: 'ROLLBACK', parameters: [] };

/** Maximum pause before a retry, in milliseconds. */
const MAX_RETRY_PAUSE_MS = 32;

/**
 * Runs operations on the primary database, each on one connection and within the time limit of its request. Retries
 * after transient errors, and throws every failure as a {@link StorageUnavailableError}. A statement that exceeds the
 * time limit is cancelled on the server.
 */
export class Database {
  readonly dialect: SqlDialect;
  /** Connections of the data source's pool. */
  readonly poolSize: number;
  readonly #connections: Semaphore;
  readonly #abandoned: AbandonedStatements | undefined;

  /**
   * @param settings - The option `storage`.
   * @throws {@link PhoneVerifyConfigurationError} if the type of the data source is not supported.
   */
  constructor(
    readonly dataSource: DataSource,
    private readonly settings: { readonly preparedStatements: boolean },
  ) {
    this.dialect = dialectOf(dataSource);
    this.poolSize = poolSizeOf(dataSource);
    this.#connections = new Semaphore(this.poolSize);
    const cancel = statementCanceller(dataSource);
    this.#abandoned = cancel && new AbandonedStatements(cancel, this.poolSize);
    if (this.dialect === 'postgres' && !hasConnectTimeout(dataSource.options)) {
      new Logger('PhoneVerify').warn(
        'The data source has no `connectTimeoutMS`: a connection to a server that stops responding hangs without limit and blocks the pool. Set `connectTimeoutMS`, such as 5000.',
      );
    }
  }

  /** Runs an operation on its own connection. It may run more than once, so it must keep no state. */
  async run<T>(
    operation: (run: Run) => Promise<T>,
    timeout: StorageTimeout,
    { semaphore, onLate }: RunOptions<T> = {},
  ): Promise<T> {
    return withinStorageTimeout(timeout, async (limit) => {
      const result = await this.#runWithRetries(operation, limit, semaphore);
      if (limit.isOver && onLate !== undefined) {
        await onLate(result);
        limit.throwIfOver();
      }
      return result;
    });
  }

  /** Runs an operation in its own transaction, which commits before this returns and rolls back if the operation fails. */
  async transact<T>(
    operation: (run: Run) => Promise<T>,
    timeout: StorageTimeout,
    options: RunOptions<T> = {},
  ): Promise<T> {
    const transaction = async (run: Run): Promise<T> => {
      await run(BEGIN, {});
      try {
        const result = await operation(run);
        await run(COMMIT, {});
        return result;
      } catch (thrown) {
        // If the rollback fails, the connection is lost, and the server rolls back.
        await run(ROLLBACK, {}).catch(() => undefined);
        throw thrown;
      }
    };
    return this.run(transaction, timeout, options);
  }

  /**
   * Runs an operation once inside the transaction of a manager, without a time limit, because the transaction is the
   * caller's. If the manager has no transaction, this is the same as {@link run}.
   */
  async runWith<T>(manager: EntityManager, operation: (run: Run) => Promise<T>, timeout: StorageTimeout): Promise<T> {
    const { queryRunner } = manager;
    return queryRunner === undefined
      ? this.run(operation, timeout)
      : operation(runWith(this.#queryThrough(queryRunner)));
  }

  async #runWithRetries<T>(
    operation: (run: Run) => Promise<T>,
    limit: TimeLimit,
    semaphore: Semaphore | undefined,
  ): Promise<T> {
    for (let pause = 1; ; pause = Math.min(pause * 2, MAX_RETRY_PAUSE_MS)) {
      try {
        return await this.#runWithPermits(operation, limit, semaphore);
      } catch (thrown) {
        if (limit.isOver || !canRetry(thrown)) throw thrown;
      }
      await pauseFor(1 + randomDelay(pause));
    }
  }

  /** Waits for permits here rather than for connections in the pool, because the pool's queue has no time limit. */
  async #runWithPermits<T>(
    operation: (run: Run) => Promise<T>,
    limit: TimeLimit,
    semaphore: Semaphore | undefined,
  ): Promise<T> {
    if (this.#abandoned?.isExhausted)
      throw new Error('Every connection is in use by a statement that exceeded its time limit.');
    const releaseSemaphore = await semaphore?.acquire(limit);
    try {
      const releaseConnection = await this.#connections.acquire(limit);
      try {
        return await this.#runOnce(operation, limit);
      } finally {
        releaseConnection();
      }
    } finally {
      releaseSemaphore?.();
    }
  }

  async #runOnce<T>(operation: (run: Run) => Promise<T>, limit: TimeLimit): Promise<T> {
    const queryRunner = this.dataSource.createQueryRunner('master');
    let stopWatching: (() => void) | undefined;
    try {
      const connection: unknown = await queryRunner.connect();
      // A connection that is available too late is not used: its statement would take effect after the response.
      limit.throwIfOver();
      stopWatching = this.#cancelWhenOver(connection, limit);
      return await operation(runWith(this.#query(queryRunner, connection), limit));
    } finally {
      stopWatching?.();
      await queryRunner.release();
    }
  }

  /**
   * Cancels the statement when the time is up. Its connection is closed after the statement has ended, because a
   * delayed cancel request would cancel the next statement on that connection.
   *
   * @returns A function to call when the statement has ended, before the connection goes back to the pool.
   */
  #cancelWhenOver(connection: unknown, limit: TimeLimit): () => void {
    const close = (): void => closeConnection(this.dialect, connection);
    let end: (() => void) | undefined;
    const stopWatching = limit.onEnd(() => {
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      void this.#abandoned?.end({ connection, ended, close });
    });
    return () => {
      stopWatching();
      if (end === undefined) return;
      close();
      end();
    };
  }

  /** SQLite's driver prepares every statement anyway. Prepared statements are not observed: TypeORM cannot name them. */
  #query(queryRunner: QueryRunner, connection: unknown): QueryStatement {
    const { preparedStatements: isPrepared } = this.settings;
    if (this.dialect === 'sqlite' || (!isPrepared && hasObservers(this.dataSource, queryRunner))) {
      return this.#queryThrough(queryRunner);
    }
    return queryDriver(this.dialect, connection, { isPrepared });
  }

  #queryThrough(queryRunner: QueryRunner): QueryStatement {
    return async ({ sql }, values) => {
      const { raw, records, affected } = await queryRunner.query(sql, [...values], true);
      if (this.dialect !== 'mariadb') return { rows: records ?? [], affected: affected ?? 0, insertId: 0 };
      return { rows: Array.isArray(raw) ? raw : [], affected: affected ?? 0, insertId: Number(raw.insertId ?? 0) };
    };
  }
}

/** Runs statements until the time is up, and wraps their errors. */
function runWith(query: QueryStatement, limit?: TimeLimit): Run {
  return async (statement, values) => {
    limit?.throwIfOver();
    const ordered = valuesOf(statement, values);
    try {
      return await query(statement, ordered);
    } catch (thrown) {
      throw unavailable(thrown, ordered);
    }
  };
}

/** The values of a statement in the order of its placeholders. */
export function valuesOf({ parameters }: Statement, values: StatementParameters): unknown[] {
  return parameters.map(({ name, item }) => {
    const value: unknown = values[name];
    return item !== undefined && Array.isArray(value) ? value[item] : value;
  });
}

/**
 * Waits for work on the database within the time limit of a request.
 *
 * @throws {@link StorageUnavailableError} for every failure.
 */
export async function withinStorageTimeout<T>(
  timeout: StorageTimeout,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T> {
  try {
    return await timeout.run(work);
  } catch (thrown) {
    throw thrown instanceof StorageUnavailableError ? thrown : unavailable(thrown, []);
  }
}
