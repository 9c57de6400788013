import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArgumentInvalidError, SMSVerification } from '../../lib/index.js';
import { CleanupTimer } from '../../lib/verification/cleanup-timer.js';
import type { ResolvedPhoneVerifyOptions } from '../../lib/index.js';
import { Retention } from '../../lib/verification/retention.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

const DAY = 86_400;

describe.each(databaseKinds)('purgeExpired on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options, phoneVerify: { expiration: DAY } });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(async () => {
    await test.dataSource.getRepository(SMSVerification).clear();
  });

  function rows(): Promise<number> {
    return test.dataSource.getRepository(SMSVerification).count();
  }

  /** Copies the only session, so that there are many of the same age. */
  async function copySession(times: number): Promise<void> {
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    const copies = Array.from({ length: times }, (_, copy) => ({
      ...session,
      id: String(copy),
      sessionToken: String(copy),
    }));
    await test.dataSource.getRepository(SMSVerification).insert(copies);
  }

  it('deletes rows older than the retention, and no others', async () => {
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(1);
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(30 * DAY);

    expect(await test.service.purgeExpired()).toEqual({ deleted: 1 });
    expect(await rows()).toBe(1);
  });

  it('returns with dryRun how many rows it would delete', async () => {
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(2 * DAY);

    expect(await test.service.purgeExpired({ olderThanDays: 1, dryRun: true })).toEqual({ deleted: 1 });
    expect(await rows()).toBe(1);
    expect(await test.service.purgeExpired({ olderThanDays: 1 })).toEqual({ deleted: 1 });
  });

  it('keeps an open session, and a verified one until its token is 900 seconds old', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(DAY - 60);
    expect(await test.service.purgeExpired({ olderThanDays: 0 })).toEqual({ deleted: 0 });
    await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

    test.clock.advance(899);
    expect(await test.service.purgeExpired({ olderThanDays: 0 })).toEqual({ deleted: 0 });
    test.clock.advance(1);
    expect(await test.service.purgeExpired({ olderThanDays: 0 })).toEqual({ deleted: 1 });
  });

  it('deletes several batches in parallel with another purge and with other requests', async () => {
    await test.service.sendSecurityCode(NUMBER);
    await copySession(2500);
    test.clock.advance(31 * DAY);
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const [one, other, checked] = await Promise.all([
      test.service.purgeExpired(),
      test.service.purgeExpired(),
      test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken),
      test.service.sendSecurityCode(NUMBER),
      test.service.resendSecurityCode(NUMBER, sessionToken),
    ]);

    expect(one.deleted + other.deleted).toBe(2501);
    expect(checked.attemptsLeft).toBe(4);
    expect(await rows()).toBe(2);
  });

  it.each([-1, 0.5, Number.NaN, '1'])('rejects an age of %s days', async (olderThanDays) => {
    await expect(test.service.purgeExpired({ olderThanDays: olderThanDays as number })).rejects.toThrow(
      ArgumentInvalidError,
    );
  });
});

describe('the cleanup timer', () => {
  const INTERVAL_MS = 60 * 60_000;
  let purge: ReturnType<typeof vi.fn<Retention['purge']>>;
  let timer: CleanupTimer;

  function start(cleanup: ResolvedPhoneVerifyOptions['cleanup']): void {
    purge = vi.fn<Retention['purge']>().mockResolvedValue(0);
    timer = new CleanupTimer({ purge } as unknown as Retention, { cleanup } as ResolvedPhoneVerifyOptions);
    timer.onApplicationBootstrap();
  }

  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(async () => {
    await timer.onModuleDestroy();
    vi.useRealTimers();
  });

  it('runs repeatedly, each time after its interval or up to a tenth later', async () => {
    start({ everyMinutes: 60 });

    await vi.advanceTimersByTimeAsync(INTERVAL_MS - 1);
    expect(purge).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS / 10 + 1);
    expect(purge).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2 * 1.1 * INTERVAL_MS);
    expect(purge).toHaveBeenCalledTimes(3);
  });

  it('does not run at the same instant in many processes that start together', async () => {
    const instants: number[] = [];
    const startedAt = Date.now();
    const timers = Array.from({ length: 50 }, () => {
      start({ everyMinutes: 60 });
      purge.mockImplementationOnce(async () => instants.push(Date.now() - startedAt));
      return timer;
    });

    await vi.advanceTimersByTimeAsync(1.1 * INTERVAL_MS);
    await Promise.all(timers.map((each) => each.onModuleDestroy()));

    expect(instants).toHaveLength(50);
    // Fifty random delays are spread over more than half of the possible tenth of the interval.
    expect(Math.max(...instants) - Math.min(...instants)).toBeGreaterThan(INTERVAL_MS / 20);
  });

  it('continues after a failure', async () => {
    start({ everyMinutes: 60 });
    purge.mockRejectedValueOnce(new Error('the database is gone'));

    await vi.advanceTimersByTimeAsync(2 * 1.1 * INTERVAL_MS);

    expect(purge).toHaveBeenCalledTimes(2);
  });

  it('waits for the current batch when it stops', async () => {
    start({ everyMinutes: 60 });
    let finish: (deleted: number) => void = () => undefined;
    purge.mockReturnValue(new Promise((resolve) => (finish = resolve)));
    await vi.advanceTimersByTimeAsync(1.1 * INTERVAL_MS);
    let stopped = false;

    const stopping = timer.onModuleDestroy().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    expect(purge.mock.calls[0]?.[1]?.aborted).toBe(true);
    finish(0);
    await stopping;

    expect(vi.getTimerCount()).toBe(0);
  });

  it('never runs with cleanup: false', () => {
    start(false);

    expect(vi.getTimerCount()).toBe(0);
  });
});
