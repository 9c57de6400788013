import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { type Clock, StorageTimeout, systemClock } from '../../lib/common/time.js';
import type { StoreTime } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { StoreClock } from '../../lib/limits/store-clock.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { RecordedLogs } from '../support/logs.js';

const START = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;

/** A store with its own clock and a delay before each reply. */
class RemoteStore extends MemoryLimitStore {
  aheadMs = 0;
  roundTripMs = 4;
  reads = 0;
  isDown = false;
  pendingReply: Promise<void> | undefined;

  override async readTime(): Promise<StoreTime> {
    this.reads += 1;
    await this.pendingReply;
    if (this.isDown) throw new Error('gone');
    const now = Date.now();
    const half = this.roundTripMs / 2;
    return { before: now - half, store: now + this.aheadMs, after: now + half };
  }
}

let store: RemoteStore;
let logs: RecordedLogs;

function start(clock: Clock = systemClock): StoreClock {
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend }, {});
  return new StoreClock(store, options, clock);
}

async function synchronized(time: StoreClock): Promise<number> {
  await time.synchronize(new StorageTimeout(1000));
  return time.now();
}

/** Advances both clocks of the process. */
function pass(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
  store = new RemoteStore();
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

describe("the limit store's time", () => {
  it.each([60_000, -60_000, 4000])('is the process time plus an offset of %i ms', async (aheadMs) => {
    store.aheadMs = aheadMs;
    const time = start();
    await time.onModuleInit();

    expect(time.now()).toBe(START + aheadMs);
    expect(time.toProcess(START + aheadMs)).toBe(START);
  });

  it('is the process time if the offset is within the accuracy of the measurement', async () => {
    store.aheadMs = 3;
    const time = start();
    await time.onModuleInit();

    expect(time.now()).toBe(START);
  });

  it('includes the difference between an injected clock and the system clock', async () => {
    store.aheadMs = 60_000;
    const injected = { now: () => Date.now() - 86_400_000 };
    const time = start(injected);
    await time.onModuleInit();

    expect(time.now()).toBe(START - 86_400_000 + 60_000);
  });

  it('is measured before the first send if that failed at startup, which is logged', async () => {
    store.isDown = true;
    const time = start();
    await time.onModuleInit();
    expect(time.now()).toBe(START);
    expect(logs.text).toContain('The clock of the limit store could not be read: Error: gone');

    store.isDown = false;
    store.aheadMs = 60_000;
    expect(await synchronized(time)).toBe(START + 60_000);
    expect(store.reads).toBe(2);
  });

  it('is measured again once a minute, without delaying a send', async () => {
    const time = start();
    await time.onModuleInit();
    store.aheadMs = 60_000;
    pass(MINUTE - 1);
    expect(await synchronized(time)).toBe(START + MINUTE - 1);
    expect(store.reads).toBe(1);

    pass(1);
    let reply = (): void => undefined;
    store.pendingReply = new Promise((resolve) => {
      reply = resolve;
    });
    expect(await synchronized(time)).toBe(START + MINUTE);
    expect(store.reads).toBe(2);
    reply();
    await new Promise((resolve) => setImmediate(resolve));
    expect(time.now()).toBe(START + 2 * MINUTE);
  });

  it.each([60_000, -60_000, 2000])(
    'is measured before the next send when the system clock steps %i ms',
    async (step) => {
      const time = start();
      await time.onModuleInit();
      vi.setSystemTime(START + step);
      store.aheadMs = -step;

      expect(await synchronized(time)).toBe(START);
      expect(await synchronized(time)).toBe(START);
      expect(store.reads).toBe(2);
    },
  );

  it('is not measured again after a small correction of the system clock', async () => {
    const time = start();
    await time.onModuleInit();
    vi.setSystemTime(START + 900);
    await synchronized(time);

    expect(store.reads).toBe(1);
  });

  it('is measured once for many sends', async () => {
    const time = start();
    await Promise.all(Array.from({ length: 20 }, () => synchronized(time)));

    expect(store.reads).toBe(1);
  });

  it('is not replaced by a later measurement that is less accurate', async () => {
    store.aheadMs = 60_000;
    const time = start();
    await time.onModuleInit();
    pass(MINUTE);
    store.aheadMs = 60_300;
    store.roundTripMs = 1200;
    await synchronized(time);
    await Promise.resolve();

    expect(time.now()).toBe(START + MINUTE + 60_000);
  });

  it('keeps the last offset while the store is unavailable, and logs that once a minute', async () => {
    store.aheadMs = 60_000;
    const time = start();
    await time.onModuleInit();
    store.isDown = true;
    for (let minute = 0; minute < 3; minute++) {
      pass(MINUTE);
      await synchronized(time);
      await synchronized(time);
    }

    expect(time.now()).toBe(START + 3 * MINUTE + 60_000);
    expect(logs.lines).toHaveLength(3);
  });

  it('does not delay a send beyond its time limit', async () => {
    store.pendingReply = new Promise(() => undefined);
    const time = start();

    await time.synchronize(new StorageTimeout(20));

    expect(time.now()).toBe(START);
  });
});

it('the limit store in memory uses the time of the process', async () => {
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend }, {});
  const time = new StoreClock(new MemoryLimitStore(), options, systemClock);
  await time.onModuleInit();

  expect(time.now()).toBe(START);
});
