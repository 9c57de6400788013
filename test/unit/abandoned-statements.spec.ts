import { describe, expect, it } from 'vitest';
import { AbandonedStatements } from '../../lib/database/abandoned-statements.js';

const LIMIT = 3;

/** Pauses that a test ends. */
class ControlledPauses {
  readonly #pauses: { milliseconds: number; end: () => void }[] = [];

  readonly pause = async (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.#pauses.push({ milliseconds, end: resolve });
    });

  /** Ends every pause of at most this length, and runs what waited for it. */
  async pass(milliseconds: number): Promise<void> {
    const ending = this.#pauses.filter((pause) => pause.milliseconds <= milliseconds);
    for (const pause of ending) {
      this.#pauses.splice(this.#pauses.indexOf(pause), 1);
      pause.end();
    }
    await settle();
  }
}

/** Runs all pending callbacks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Statements that a test ends, and that end when they are closed. */
function statements(count: number) {
  return Array.from({ length: count }, (_, connection) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const statement = { connection, ended, end, isClosed: false, close: () => undefined as void };
    statement.close = () => {
      statement.isClosed = true;
      end();
    };
    return statement;
  });
}

describe('an abandoned statement', () => {
  it('is cancelled and keeps its connection until it has ended', async () => {
    const pauses = new ControlledPauses();
    const cancelled: unknown[] = [];
    const [statement] = statements(1);
    const abandoned = new AbandonedStatements(
      async (connection) => {
        cancelled.push(connection);
        statement?.end();
      },
      LIMIT,
      pauses.pause,
    );

    if (statement) void abandoned.end(statement);
    await settle();
    await pauses.pass(1_000_000);

    expect(cancelled).toEqual([0]);
    expect(statement?.isClosed).toBe(false);
  });

  it('is closed after a second cancel request without effect', async () => {
    const pauses = new ControlledPauses();
    const [statement] = statements(1);
    let cancels = 0;
    const abandoned = new AbandonedStatements(
      async () => {
        cancels += 1;
      },
      LIMIT,
      pauses.pause,
    );

    if (statement) void abandoned.end(statement);
    await settle();
    expect([cancels, statement?.isClosed]).toEqual([1, false]);
    await pauses.pass(500);
    expect([cancels, statement?.isClosed]).toEqual([2, false]);
    await pauses.pass(500);
    expect([cancels, statement?.isClosed]).toEqual([2, true]);
  });

  it('counts for ten minutes if a first cancel request had no effect, whatever becomes of the second', async () => {
    const pauses = new ControlledPauses();
    const many = statements(LIMIT + 1);
    const answers = [true, true, true, false, false, false];
    const abandoned = new AbandonedStatements(
      async () => {
        if (answers.shift() === false) throw new Error('unreachable');
      },
      LIMIT,
      pauses.pause,
    );
    for (const statement of many.slice(0, LIMIT)) void abandoned.end(statement);
    await settle();
    await pauses.pass(500);
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(LIMIT);

    const [last] = many.slice(LIMIT);
    if (last) void abandoned.end(last);
    for (let pause = 0; pause < 10; pause++) await pauses.pass(60_000);
    expect(last?.isClosed).toBe(false);
    await pauses.pass(600_000);
    await pauses.pass(500);
    expect(last?.isClosed).toBe(true);
  });

  it('is closed immediately if the server cannot be reached', async () => {
    const pauses = new ControlledPauses();
    const [statement] = statements(1);
    const abandoned = new AbandonedStatements(
      async () => Promise.reject(new Error('unreachable')),
      LIMIT,
      pauses.pause,
    );

    if (statement) void abandoned.end(statement);
    await settle();

    expect(statement?.isClosed).toBe(true);
  });

  it('never adds more closed connections than the pool has, however long it hangs', async () => {
    const pauses = new ControlledPauses();
    const many = statements(3 * LIMIT);
    const abandoned = new AbandonedStatements(async () => undefined, LIMIT, pauses.pause);

    for (const statement of many) void abandoned.end(statement);
    await settle();
    for (let second = 0; second < 30; second++) await pauses.pass(1000);

    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(LIMIT);
    expect(abandoned.isExhausted).toBe(true);
  });

  it('no longer counts when it ends, or after ten minutes if its end is unknown', async () => {
    const pauses = new ControlledPauses();
    const many = statements(2 * LIMIT);
    const abandoned = new AbandonedStatements(async () => undefined, LIMIT, pauses.pause);
    for (const statement of many) void abandoned.end(statement);
    await settle();
    await pauses.pass(1000);
    await pauses.pass(1000);
    expect(abandoned.isExhausted).toBe(true);

    many.find(({ isClosed }) => !isClosed)?.end();
    await settle();
    expect(abandoned.isExhausted).toBe(false);

    for (let pause = 0; pause < 7; pause++) await pauses.pass(600_000);
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(2 * LIMIT - 1);
  });

  it('is cancelled later if the server could not be reached before', async () => {
    const pauses = new ControlledPauses();
    let isReachable = false;
    let cancels = 0;
    const many = statements(2 * LIMIT);
    const abandoned = new AbandonedStatements(
      async () => {
        if (!isReachable) throw new Error('unreachable');
        cancels += 1;
      },
      LIMIT,
      pauses.pause,
    );
    for (const statement of many) void abandoned.end(statement);
    await settle();
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(LIMIT);

    isReachable = true;
    await pauses.pass(2000);
    await pauses.pass(2000);

    expect(cancels).toBeGreaterThanOrEqual(LIMIT);
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(2 * LIMIT);
  });
});
