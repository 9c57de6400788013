import { setTimeout as pauseFor } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Semaphore } from '../common/semaphore.js';
import type { StorageTimeout } from '../common/time.js';
import { AbandonedStatements } from './abandoned-statements.js';
import { closeConnection } from './driver-connection.js';
import { poolSizeOf } from './pool-size.js';
import { statementCanceller } from './statement-canceller.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { randomDelay } from '../common/random.js';
import { redactedCause } from '../common/redaction.js';
import { dialectOf, isTransient, type SqlDialect, type Statement } from './sql-dialect.js';

/** Values of a statement's parameters by name. */
export type Parameters = Readonly<Record<string, string | number | null>>;

/** Parameters of a statement about several rows: each name ends with the number of its row. */
export function numbered(rows: readonly Parameters[]): Parameters {
  return Object.fromEntries(
    rows.flatMap((values, number) => Object.entries(values).map(([name, value]) => [`${name}${number}`, value])),
  );
}

/** Sorts by key. Every statement that locks several counters locks them in this order, so that none waits in a cycle. */
export function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}

/** A row as the driver gave it: PostgreSQL and MariaDB return `bigint` columns as text. */
export type Row = Readonly<Record<string, unknown>>;

/** What a statement returned. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly affected: number;
  /** MariaDB's insert id; 0 elsewhere. */
  readonly insertId: number;
}

/** Runs one statement. */
export type Run = (statement: Statement, parameters: Parameters) => Promise<Answer>;

/** How an operation is run. */
export interface RunOptions<T> {
  /** A further limit on operations of this kind at the same time. */
  readonly semaphore?: Semaphore;
  /** What to do with the result of an operation that ended after its time limit, when nobody waits for it. */
  readonly onLate?: (result: T) => Promise<void>;
}

const BEGIN: Statement = { sql: 'BEGIN', parameters: [] };
const COMMIT: Statement = { sql: 'COMMIT', parameters: [] };
const ROLLBACK: Statement = { sql: 'ROLLBACK', parameters: [] };

/** Longest pause before another try, in milliseconds. */
const LONGEST_PAUSE = 32;

/**
 * Runs operations on the primary database: each on one connection and within the request's time, again after a
 * transient error, and with every failure as a {@link StorageUnavailableError}. What runs when the time is over is
 * cancelled at the server.
 */
export class Database {
  readonly dialect: SqlDialect;
  /** Connections of the data source's pool. */
  readonly poolSize: number;
  readonly #connections: Semaphore;
  readonly #abandoned: AbandonedStatements | undefined;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source is of an untested kind. */
  constructor(readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
    this.poolSize = poolSizeOf(dataSource);
    this.#connections = new Semaphore(this.poolSize);
    const cancel = statementCanceller(dataSource);
    this.#abandoned = cancel && new AbandonedStatements(cancel, this.poolSize);
    if (this.dialect === 'postgres' && !hasConnectTimeout(dataSource.options)) {
      new Logger('PhoneVerify').warn(
        'The data source has no `connectTimeoutMS`: connections to a server that has gone silent hang, and keep the pool, for ever.',
      );
    }
  }

  /** Runs an operation on a connection of its own. It may run more than once, so it keeps no state. */
  async run<T>(operation: (run: Run) => Promise<T>, timeout: StorageTimeout, options: RunOptions<T> = {}): Promise<T> {
    try {
      return await timeout.run(async (signal) => {
        const result = await this.#runUntilDone(operation, signal, options.semaphore);
        if (signal.aborted) await options.onLate?.(result);
        return result;
      });
    } catch (thrown) {
      throw thrown instanceof StorageUnavailableError ? thrown : unavailable(thrown, []);
    }
  }

  /** Runs an operation in a transaction of its own: committed when this returns, rolled back when the operation failed. */
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
        // A connection that refuses this is lost, and its transaction with it.
        await run(ROLLBACK, {}).catch(() => undefined);
        throw thrown;
      }
    };
    return this.run(transaction, timeout, options);
  }

  /**
   * Runs an operation once inside the transaction of a manager, without a time limit: the transaction is the caller's.
   * Where the manager has no transaction, it runs as {@link run} does.
   */
  async runWith<T>(manager: EntityManager, operation: (run: Run) => Promise<T>, timeout: StorageTimeout): Promise<T> {
    const { queryRunner } = manager;
    return queryRunner === undefined ? this.run(operation, timeout) : operation(this.#runOn(queryRunner));
  }

  async #runUntilDone<T>(
    operation: (run: Run) => Promise<T>,
    signal: AbortSignal,
    semaphore: Semaphore | undefined,
  ): Promise<T> {
    for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await this.#runInTurn(operation, signal, semaphore);
      } catch (thrown) {
        if (signal.aborted || !canRetry(thrown)) throw thrown;
      }
      await pauseFor(1 + randomDelay(pause));
    }
  }

  /** Waits for the permits, so that no more operations than connections wait inside the pool, which has no time limit. */
  async #runInTurn<T>(
    operation: (run: Run) => Promise<T>,
    signal: AbortSignal,
    semaphore: Semaphore | undefined,
  ): Promise<T> {
    if (this.#abandoned?.areAtLimit) throw new Error('Every connection waits for a statement that does not end.');
    const releaseOwn = await semaphore?.acquire(signal);
    try {
      const releaseConnection = await this.#connections.acquire(signal);
      try {
        return await this.#runOnce(operation, signal);
      } finally {
        releaseConnection();
      }
    } finally {
      releaseOwn?.();
    }
  }

  async #runOnce<T>(operation: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T> {
    const queryRunner = this.dataSource.createQueryRunner('master');
    let stopWatching: (() => void) | undefined;
    try {
      const connection: unknown = await queryRunner.connect();
      // A connection that comes too late is not used: its statement would count after the response.
      signal.throwIfAborted();
      stopWatching = this.#cancelOnAbort(connection, signal);
      return await operation(this.#runOn(queryRunner, signal));
    } finally {
      stopWatching?.();
      await queryRunner.release();
    }
  }

  /**
   * Has the statement cancelled when the signal aborts. Its connection is closed when the statement has ended, since a
   * cancel request that arrives late would hit the next statement on it.
   *
   * @returns A function to call when the statement has ended, before the connection goes back to the pool.
   */
  #cancelOnAbort(connection: unknown, signal: AbortSignal): () => void {
    const close = (): void => closeConnection(this.dialect, connection);
    let end: (() => void) | undefined;
    const abandon = (): void => {
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      void this.#abandoned?.take({ connection, ended, close });
    };
    signal.addEventListener('abort', abandon);
    return () => {
      signal.removeEventListener('abort', abandon);
      if (end === undefined) return;
      close();
      end();
    };
  }

  #runOn(queryRunner: QueryRunner, signal?: AbortSignal): Run {
    return async ({ sql, parameters }, values) => {
      signal?.throwIfAborted();
      const ordered = parameters.map((name) => values[name]);
      try {
        const { raw, records, affected } = await queryRunner.query(sql, ordered, true);
        if (this.dialect !== 'mariadb') return { rows: records ?? [], affected: affected ?? 0, insertId: 0 };
        return { rows: Array.isArray(raw) ? raw : [], affected: affected ?? 0, insertId: Number(raw.insertId ?? 0) };
      } catch (thrown) {
        throw unavailable(thrown, ordered);
      }
    };
  }
}

/** Wraps what the driver threw; TypeORM's own error carries and prints the parameters, the cause made here does not. */
function unavailable(thrown: unknown, parameters: readonly unknown[]): StorageUnavailableError {
  const driverError: unknown = thrown instanceof Error && 'driverError' in thrown ? thrown.driverError : thrown;
  const texts = parameters.filter((value) => typeof value === 'string');
  const secrets = { hidden: texts, phoneNumbers: texts.filter((text) => /^\+\d+$/.test(text)) };
  return new StorageUnavailableError({ cause: redactedCause(driverError, secrets) });
}

/** Without one, `pg` waits for a server that accepts and then says nothing until the operating system gives up. */
function hasConnectTimeout(options: DataSource['options']): boolean {
  const { connectTimeoutMS, extra }: { connectTimeoutMS?: unknown; extra?: object } = { ...options };
  return connectTimeoutMS !== undefined || (extra !== undefined && 'connectionTimeoutMillis' in extra);
}

function canRetry(thrown: unknown): boolean {
  const cause: unknown = thrown instanceof StorageUnavailableError ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause && isTransient(cause.code);
}
