import { setTimeout as pauseFor } from 'node:timers/promises';
import { Semaphore } from '../common/semaphore.js';
import { withinTimeLimit } from '../common/time.js';
import type { CancelStatement } from './statement-canceller.js';

/** How long one attempt to cancel may take, in milliseconds. */
const CANCEL_TIMEOUT_MS = 1000;

/** How long a cancelled statement may take to end before its connection is closed, in milliseconds. */
const GRACE_MS = 1000;

/** Attempts to cancel at the same time. On MariaDB each needs a connection. */
const MAX_PARALLEL_CANCELS = 4;

/** Pauses before further attempts to cancel a statement whose connection was closed, in milliseconds. */
const RETRY_PAUSES_MS = [2000, 5000, 15_000, 30_000, 60_000];

/** How long a closed connection counts when the server was never reached, in milliseconds: it may still run there. */
const FORGET_AFTER_MS = 600_000;

/** A statement that nobody waits for any more. */
export interface AbandonedStatement {
  /** The driver's connection. */
  readonly connection: unknown;
  /** Resolves when the statement has ended, with a result or an error. */
  readonly ended: Promise<void>;
  /** Closes the connection; the statement then ends for this process, perhaps not for the server. */
  readonly close: () => void;
}

/**
 * Statements whose time limit passed while the server still ran them. Without a cancel, each would go on to wait at the
 * server while the pool opens another connection, until the server has none left for anybody.
 *
 * A statement is cancelled, and keeps its connection until it has ended. A connection that does not end in time is closed
 * and replaced, but only as many as the pool has connections: so the server sees twice the pool's size at most.
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

  /** Whether every connection is held by a statement that does not end, and none of them may be replaced. */
  get areAtLimit(): boolean {
    return this.#running >= this.limit && this.#closed >= this.limit;
  }

  /** Takes over a statement. Nothing waits for this and it never fails. */
  async take(statement: AbandonedStatement): Promise<void> {
    this.#running += 1;
    void statement.ended.finally(() => (this.#running -= 1));
    const isCancelled = await this.#tryToCancel(statement);
    if (isCancelled && (await this.#endsInTime(statement))) return;
    await this.#closeWhenPossible(statement, isCancelled);
  }

  /** Closes the connection now or, when too many are closed already, as soon as there is room, unless it ends before. */
  async #closeWhenPossible(statement: AbandonedStatement, isCancelled: boolean): Promise<void> {
    let isDelivered = isCancelled;
    while (this.#closed >= this.limit) {
      if (await this.#endsInTime(statement)) return;
      isDelivered = (await this.#tryToCancel(statement)) || isDelivered;
    }
    this.#closed += 1;
    statement.close();
    await this.#awaitEndAtServer(statement, isDelivered);
    this.#closed -= 1;
  }

  /** A cancel request that arrives ends the statement; where one had no effect before, only time tells. */
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
    const release = await this.#cancels.acquire(new AbortController().signal);
    try {
      await withinTimeLimit(CANCEL_TIMEOUT_MS, (signal) => this.cancel(connection, signal));
      return true;
    } catch {
      return false;
    } finally {
      release();
    }
  }

  async #endsInTime({ ended }: AbandonedStatement): Promise<boolean> {
    return Promise.race([ended.then(() => true), this.pause(GRACE_MS).then(() => false)]);
  }
}

async function pauseInBackground(milliseconds: number): Promise<void> {
  await pauseFor(milliseconds, undefined, { ref: false });
}
