import { describe, expect, it } from 'vitest';
import { AbandonedStatements } from '../../lib/database/abandoned-statements.js';

const LIMIT = 3;

/** Pauses that end when the test says so. */
class HeldPauses {
  readonly #pauses: { milliseconds: number; end: () => void }[] = [];

  readonly pause = async (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.#pauses.push({ milliseconds, end: resolve });
    });

  /** Ends every pause that is not longer, and lets everything go on that waited for it. */
  async pass(milliseconds: number): Promise<void> {
    const ending = this.#pauses.filter((pause) => pause.milliseconds <= milliseconds);
    for (const pause of ending) {
      this.#pauses.splice(this.#pauses.indexOf(pause), 1);
      pause.end();
    }
    await settle();
  }
}

/** Lets everything go on that waits for nothing from outside. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Statements that end when they are cancelled or closed, as the test decides. */
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

describe('a statement that nobody waits for any more', () => {
  it('is cancelled and keeps its connection until it has ended', async () => {
    const pauses = new HeldPauses();
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

    if (statement) void abandoned.take(statement);
    await settle();
    await pauses.pass(1_000_000);

    expect(cancelled).toEqual([0]);
    expect(statement?.isClosed).toBe(false);
  });

  it('is closed after a grace time when cancelling had no effect', async () => {
    const pauses = new HeldPauses();
    const [statement] = statements(1);
    const abandoned = new AbandonedStatements(async () => undefined, LIMIT, pauses.pause);

    if (statement) void abandoned.take(statement);
    await settle();
    expect(statement?.isClosed).toBe(false);
    await pauses.pass(1000);

    expect(statement?.isClosed).toBe(true);
  });

  it('is closed at once when the server cannot be reached', async () => {
    const pauses = new HeldPauses();
    const [statement] = statements(1);
    const abandoned = new AbandonedStatements(
      async () => Promise.reject(new Error('unreachable')),
      LIMIT,
      pauses.pause,
    );

    if (statement) void abandoned.take(statement);
    await settle();

    expect(statement?.isClosed).toBe(true);
  });

  it('never leaves more closed connections behind than the pool has, however long it hangs', async () => {
    const pauses = new HeldPauses();
    const many = statements(3 * LIMIT);
    const abandoned = new AbandonedStatements(async () => undefined, LIMIT, pauses.pause);

    for (const statement of many) void abandoned.take(statement);
    await settle();
    for (let second = 0; second < 30; second++) await pauses.pass(1000);

    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(LIMIT);
    expect(abandoned.areAtLimit).toBe(true);
  });

  it('makes room again when it ends, and after ten minutes when nobody knows', async () => {
    const pauses = new HeldPauses();
    const many = statements(2 * LIMIT);
    const abandoned = new AbandonedStatements(async () => undefined, LIMIT, pauses.pause);
    for (const statement of many) void abandoned.take(statement);
    await settle();
    await pauses.pass(1000);
    expect(abandoned.areAtLimit).toBe(true);

    many.find(({ isClosed }) => !isClosed)?.end();
    await settle();
    expect(abandoned.areAtLimit).toBe(false);

    await pauses.pass(600_000);
    await pauses.pass(1000);
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(2 * LIMIT - 1);
  });

  it('is cancelled later where the server could not be reached before', async () => {
    const pauses = new HeldPauses();
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
    for (const statement of many) void abandoned.take(statement);
    await settle();
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(LIMIT);

    isReachable = true;
    await pauses.pass(2000);
    await pauses.pass(2000);

    expect(cancels).toBeGreaterThanOrEqual(LIMIT);
    expect(many.filter(({ isClosed }) => isClosed)).toHaveLength(2 * LIMIT);
  });
});
