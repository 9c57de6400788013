import { setTimeout as pauseFor } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { randomDelay } from './random.js';
import { redactedCause } from './redaction.js';
import { dialectOf, isPassing, type SqlDialect, type Statement } from './sql-dialect.js';
import { withinTimeLimit } from './time-limit.js';

/** Values of a statement's parameters by name. */
export type Parameters = Readonly<Record<string, string | number | null>>;

/** A row as the driver gave it: PostgreSQL and MariaDB answer `bigint` columns as text. */
export type Row = Readonly<Record<string, unknown>>;

/** What a statement answered. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly affected: number;
  /** MariaDB's insert id; 0 elsewhere. */
  readonly insertId: number;
}

/** Runs one statement. */
export type Run = (statement: Statement, parameters: Parameters) => Promise<Answer>;

const BEGIN: Statement = { sql: 'BEGIN', parameters: [] };
const COMMIT: Statement = { sql: 'COMMIT', parameters: [] };
const ROLLBACK: Statement = { sql: 'ROLLBACK', parameters: [] };

/** Longest pause before another try, in milliseconds. */
const LONGEST_PAUSE = 32;

/**
 * Runs operations on the primary database: each on one connection and within one time limit, again when a deadlock or
 * a failed serialisation left nothing done, and with every failure as a {@link StorageUnavailableError}.
 */
export class Database {
  readonly dialect: SqlDialect;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source is of an untested kind. */
  constructor(
    readonly dataSource: DataSource,
    readonly timeoutMs: number,
  ) {
    this.dialect = dialectOf(dataSource);
    if (this.dialect === 'postgres' && !hasConnectTimeout(dataSource.options)) {
      new Logger('PhoneVerify').warn(
        'The data source has no `connectTimeoutMS`: connections to a server that has gone silent hang, and keep the pool, for ever.',
      );
    }
  }

  /** Runs an operation on a connection of its own. It may run more than once, so it keeps no state. */
  async run<T>(operation: (run: Run) => Promise<T>): Promise<T> {
    return this.limited(async (signal) => {
      for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        try {
          return await this.runOnce(operation, signal);
        } catch (thrown) {
          if (signal.aborted || !passes(thrown)) throw thrown;
        }
        await pauseFor(1 + randomDelay(pause));
      }
    });
  }

  /** Runs an operation in a transaction of its own: committed when this returns, undone when the operation failed. */
  async transact<T>(operation: (run: Run) => Promise<T>): Promise<T> {
    return this.run(async (run) => {
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
    });
  }

  /** Runs an operation once, inside the transaction of a manager where it has one. */
  async runWith<T>(manager: EntityManager, operation: (run: Run) => Promise<T>): Promise<T> {
    const { queryRunner } = manager;
    if (queryRunner === undefined) return this.run(operation);
    return this.limited(() => operation(this.runOn(queryRunner)));
  }

  private async runOnce<T>(operation: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T> {
    const queryRunner = this.dataSource.createQueryRunner('master');
    let discard: (() => void) | undefined;
    try {
      const connection: unknown = await queryRunner.connect();
      // A connection that comes too late is not used: its statement would count after the answer was given.
      signal.throwIfAborted();
      discard = () => discardConnection(this.dialect, connection);
      signal.addEventListener('abort', discard);
      return await operation(this.runOn(queryRunner));
    } finally {
      if (discard) signal.removeEventListener('abort', discard);
      await queryRunner.release();
    }
  }

  private runOn(queryRunner: QueryRunner): Run {
    return async ({ sql, parameters }, values) => {
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

  private async limited<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withinTimeLimit(this.timeoutMs, work);
    } catch (thrown) {
      throw thrown instanceof StorageUnavailableError ? thrown : unavailable(thrown, []);
    }
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

function passes(thrown: unknown): boolean {
  const cause: unknown = thrown instanceof StorageUnavailableError ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause && isPassing(cause.code);
}

/**
 * Ends a connection whose statement hangs, so that a database that went silent does not keep the pool's connections
 * for ever. SQLite's driver is synchronous: nothing hangs there.
 */
function discardConnection(dialect: SqlDialect, connection: unknown): void {
  if (dialect === 'postgres' && has(connection, 'end')) {
    // `pg` drops the socket of a client in use at once; the client's pool then forgets it.
    Promise.resolve(connection.end()).catch(() => undefined);
  }
  if (dialect === 'mariadb' && has(connection, 'destroy')) {
    // `mysql2` takes the connection out of its pool, but waits for the server to close the socket.
    connection.destroy();
    if ('stream' in connection && has(connection.stream, 'destroy')) connection.stream.destroy();
  }
}

function has<Method extends string>(value: unknown, method: Method): value is Record<Method, () => unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function';
}
