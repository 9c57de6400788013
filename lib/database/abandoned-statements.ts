import { setTimeout as pauseFor } from 'node:timers/promises';
import { Semaphore } from '../common/semaphore.js';
import { TimeLimit, withinTimeLimit } from '../common/time.js';
import type { CancelStatement } from './statement-canceller.js';

/** Time limit of one cancel request, in milliseconds. */
const CANCEL_TIMEOUT_MS = 1000;

/**
 * Cancel requests before a connection is closed. The server ignores a request that arrives before the statement does,
 * which happens where the server or the network is busy.
 */
const CANCEL_ATTEMPTS = 2;

/** How long a statement may take to end after a cancel request, in milliseconds. */
const GRACE_PERIOD_MS = 500;

/** Cancel requests that may run at the same time. On MariaDB each needs a connection. */
const MAX_PARALLEL_CANCELS = 4;

/** Pauses before further cancel requests for a statement whose connection was closed, in milliseconds. */
const RETRY_PAUSES_MS = [2000, 5000, 15_000, 30_000, 60_000];

/** How long a closed connection counts if the server was never reached, in milliseconds: the statement may still run. */
const FORGET_AFTER_MS = 600_000;

/** A statement that exceeded its time limit and whose result is no longer needed. */
export interface AbandonedStatement {
  /** The driver's connection. */
  readonly connection: unknown;
  /** Resolves when the statement has ended, with a result or an error. */
  readonly ended: Promise<void>;
  /** Closes the connection. The statement then ends for this process, but may continue on the server. */
  readonly close: () => void;
}

/**
 * Statements that exceeded their time limit while the server still runs them. Without cancelling, each would continue on
 * the server while the pool opens another connection, until the server has no connections left.
 *
 * A statement is cancelled and keeps its connection until it has ended. If it does not end in time, its connection is
 * closed and replaced. At most as many connections are closed as the pool has, so the server sees at most twice the
 * pool's size.
 */
export class AbandonedStatements {
  readonly #cancels = new Semaphore(MAX_PARALLEL_CANCELS);
  #running = 0;
  #closed = 0;

  /**
   * @param cancel - Cancels at the server.
   * @param limit - Connections that may be closed while the server may still run their statements: the pool's size.
   * @param pause - Waits for a number of milliseconds without keeping the process alive.
   */
  constructor(
    private readonly cancel: CancelStatement,
    private readonly limit: number,
    private readonly pause: (milliseconds: number) => Promise<unknown> = pauseInBackground,
  ) {}

  /** Whether a statement that does not end holds each connection, and none of the connections may be replaced. */
  get isExhausted(): boolean {
    return this.#running >= this.limit && this.#closed >= this.limit;
  }

  /** Ends a statement in the background: cancels it and, if that has no effect, closes its connection. Never throws. */
  async end(statement: AbandonedStatement): Promise<void> {
    this.#running += 1;
    void statement.ended.finally(() => (this.#running -= 1));
    let isCancelSent = false;
    for (let attempt = 0; attempt < CANCEL_ATTEMPTS && (await this.#tryToCancel(statement)); attempt++) {
      isCancelSent = true;
      if (await this.#endsInTime(statement)) return;
    }
    await this.#closeWhenPossible(statement, isCancelSent);
  }

  /** Closes the connection as soon as the limit of closed connections allows it, unless the statement ends before. */
  async #closeWhenPossible(statement: AbandonedStatement, wasCancelSent: boolean): Promise<void> {
    let isCancelSent = wasCancelSent;
    while (this.#closed >= this.limit) {
      if (await this.#endsInTime(statement)) return;
      isCancelSent = (await this.#tryToCancel(statement)) || isCancelSent;
    }
    this.#closed += 1;
    statement.close();
    await this.#awaitEndAtServer(statement, isCancelSent);
    this.#closed -= 1;
  }

  /** Retries the cancel request. If an earlier one reached the server without effect, only waits. */
  async #awaitEndAtServer(statement: AbandonedStatement, hadNoEffect: boolean): Promise<void> {
    let leftMs = FORGET_AFTER_MS;
    for (const pauseMs of hadNoEffect ? [] : RETRY_PAUSES_MS) {
      await this.pause(pauseMs);
      if (await this.#tryToCancel(statement)) return;
      leftMs -= pauseMs;
    }
    await this.pause(leftMs);
  }

  /** Whether the request reached the server. */
  async #tryToCancel({ connection }: AbandonedStatement): Promise<boolean> {
    const release = await this.#cancels.acquire(new TimeLimit());
    try {
      await withinTimeLimit(CANCEL_TIMEOUT_MS, ({ signal }) => this.cancel(connection, signal));
      return true;
    } catch {
      return false;
    } finally {
      release();
    }
  }

  async #endsInTime({ ended }: AbandonedStatement): Promise<boolean> {
    return Promise.race([ended.then(() => true), this.pause(GRACE_PERIOD_MS).then(() => false)]);
  }
}

async function pauseInBackground(milliseconds: number): Promise<void> {
  await pauseFor(milliseconds, undefined, { ref: false });
}
