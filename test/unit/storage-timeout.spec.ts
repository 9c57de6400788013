import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Semaphore } from '../../lib/common/semaphore.js';
import { StorageTimeout, TimeLimit, TimeLimitError } from '../../lib/common/time.js';

describe('the storage timeout of a request', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function takes(timeout: StorageTimeout, milliseconds: number): Promise<string> {
    const outcome = timeout
      .run(() => new Promise<string>((resolve) => setTimeout(() => resolve('done'), milliseconds)))
      .catch((error: unknown) => (error instanceof TimeLimitError ? 'too late' : String(error)));
    await vi.advanceTimersByTimeAsync(milliseconds);
    return outcome;
  }

  it('limits all waits of a request together', async () => {
    const timeout = new StorageTimeout(1000);

    expect(await takes(timeout, 400)).toBe('done');
    expect(await takes(timeout, 400)).toBe('done');
    expect(await takes(timeout, 400)).toBe('too late');
  });

  it('does not count the time between two waits', async () => {
    const timeout = new StorageTimeout(1000);

    expect(await takes(timeout, 400)).toBe('done');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await takes(timeout, 400)).toBe('done');
  });

  it('starts no work after it is used up', async () => {
    const timeout = new StorageTimeout(1000);
    await takes(timeout, 1000);
    const work = vi.fn(async () => 'done');

    await expect(timeout.run(work)).rejects.toThrow(TimeLimitError);
    expect(work).not.toHaveBeenCalled();
  });

  it('aborts running work when it is used up', async () => {
    const timeout = new StorageTimeout(1000);
    let signal: AbortSignal | undefined;
    const waiting = timeout
      .run((limit) => {
        ({ signal } = limit);
        return new Promise<never>(() => undefined);
      })
      .catch(() => undefined);

    await vi.advanceTimersByTimeAsync(999);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(signal?.aborted).toBe(true);
  });
});

describe('a semaphore', () => {
  const never = new TimeLimit();

  it('grants its permits, and later ones in the order of the requests', async () => {
    const semaphore = new Semaphore(2);
    const order: number[] = [];
    const releases = [await semaphore.acquire(never), await semaphore.acquire(never)];
    const waiting = [3, 4].map(async (number) => {
      const release = await semaphore.acquire(never);
      order.push(number);
      release();
    });

    await Promise.resolve();
    expect(order).toEqual([]);
    for (const release of releases) release();
    await Promise.all(waiting);
    expect(order).toEqual([3, 4]);
  });

  it('removes a waiting request whose time is up', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire(never);
    const impatient = new TimeLimit();
    const waiting = semaphore.acquire(impatient);
    const patient = semaphore.acquire(never);

    impatient.end(new TimeLimitError(1000));
    await expect(waiting).rejects.toThrow(TimeLimitError);
    release();
    const releasePatient = await patient;
    releasePatient();
    expect(await semaphore.acquire(never)).toBeTypeOf('function');
  });

  it('grants no permit to a request whose time was up before', async () => {
    const over = new TimeLimit();
    over.end(new TimeLimitError(1000));

    await expect(new Semaphore(1).acquire(over)).rejects.toThrow(TimeLimitError);
  });
});
