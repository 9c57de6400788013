import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageTimeout, TimeLimitError, withinTimeLimit } from '../../lib/common/time.js';

describe('a time limit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['a value', () => 7],
    ['a promise', async () => 7],
  ])('returns %s and leaves no timer', async (_name, work) => {
    await expect(withinTimeLimit(1000, work)).resolves.toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects with a synchronous exception', async () => {
    const work = () => {
      throw new Error('at once');
    };

    await expect(withinTimeLimit(1000, work)).rejects.toThrow('at once');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts the signal of work that never settles and rejects, not a millisecond early', async () => {
    let seen: AbortSignal | undefined;
    const settled = vi.fn<(error: unknown) => void>();
    withinTimeLimit(1000, ({ signal }) => {
      seen = signal;
      return new Promise(() => undefined);
    }).catch(settled);

    await vi.advanceTimersByTimeAsync(999);
    expect(settled).not.toHaveBeenCalled();
    expect(seen?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await nextTurn();

    expect(settled).toHaveBeenCalledWith(expect.any(TimeLimitError));
    expect(seen?.aborted).toBe(true);
  });

  it('ignores a failure after the time limit', async () => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    const late = withinTimeLimit(
      10,
      () => new Promise((_resolve, reject) => setTimeout(reject, 20, new Error('late'))),
    );
    const outcome = late.catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(30);
    await nextTurn();

    expect(await outcome).toBeInstanceOf(TimeLimitError);
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });

  it('that is used up leaves nothing for later work, even if its timer was early', async () => {
    const timeout = new StorageTimeout(1000);
    const work = vi.fn(() => new Promise<never>(() => undefined));
    // The timer is advanced without time passing.
    const first = timeout.run(work).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);
    await nextTurn();

    expect(await first).toBeInstanceOf(TimeLimitError);
    await expect(timeout.run(work)).rejects.toThrow(TimeLimitError);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('returns the result of work that ends when the signal aborts', async () => {
    const outcome = withinTimeLimit(
      1000,
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('nothing was sent')));
        }),
    ).catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(1000);

    expect(await outcome).toEqual(new Error('nothing was sent'));
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
