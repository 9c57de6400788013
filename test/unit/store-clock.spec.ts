import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { type Clock, StorageTimeout, systemClock } from '../../lib/common/time.js';
import type { StoreTime } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { StoreClock } from '../../lib/limits/store-clock.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { KeptLogs } from '../support/logs.js';

const START = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;

/** A store whose clock is ahead of the system's, and whose replies take a while. */
class DistantStore extends MemoryLimitStore {
  aheadMs = 0;
  roundTripMs = 4;
  reads = 0;
  isDown = false;
  answering: Promise<void> | undefined;

  override async readTime(): Promise<StoreTime> {
    this.reads += 1;
    await this.answering;
    if (this.isDown) throw new Error('gone');
    const now = Date.now();
    const half = this.roundTripMs / 2;
    return { before: now - half, store: now + this.aheadMs, after: now + half };
  }
}

let store: DistantStore;
let logs: KeptLogs;

function start(clock: Clock = systemClock): StoreClock {
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend }, {});
  return new StoreClock(store, options, clock);
}

async function synchronized(time: StoreClock): Promise<number> {
  await time.synchronize(new StorageTimeout(1000));
  return time.now();
}

/** Both clocks of the process go on. */
function pass(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
  store = new DistantStore();
  logs = new KeptLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

describe("the limit store's time", () => {
  it.each([60_000, -60_000, 4000])('is the process time and an offset of %i ms', async (aheadMs) => {
    store.aheadMs = aheadMs;
    const time = start();
    await time.onModuleInit();

    expect(time.now()).toBe(START + aheadMs);
    expect(time.toProcess(START + aheadMs)).toBe(START);
  });

  it('is the process time where the offset is within what the measurement can tell', async () => {
    store.aheadMs = 3;
    const time = start();
    await time.onModuleInit();

    expect(time.now()).toBe(START);
  });

  it('follows an injected clock by its difference to the system clock', async () => {
    store.aheadMs = 60_000;
    const injected = { now: () => Date.now() - 86_400_000 };
    const time = start(injected);
    await time.onModuleInit();

    expect(time.now()).toBe(START - 86_400_000 + 60_000);
  });

  it('is measured before the first send where it could not be at the start, whose failure is logged', async () => {
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

  it('is measured again once a minute, which no send waits for', async () => {
    const time = start();
    await time.onModuleInit();
    store.aheadMs = 60_000;
    pass(MINUTE - 1);
    expect(await synchronized(time)).toBe(START + MINUTE - 1);
    expect(store.reads).toBe(1);

    pass(1);
    let answer = (): void => undefined;
    store.answering = new Promise((resolve) => {
      answer = resolve;
    });
    expect(await synchronized(time)).toBe(START + MINUTE);
    expect(store.reads).toBe(2);
    answer();
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

  it('is not measured for a correction of the clock that is no step', async () => {
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

  it('keeps a good measurement where a later one took too long to tell', async () => {
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

  it('keeps the last offset where the store is out of reach, and says so once a minute', async () => {
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

  it('does not hold a send for longer than its time', async () => {
    store.answering = new Promise(() => undefined);
    const time = start();

    await time.synchronize(new StorageTimeout(20));

    expect(time.now()).toBe(START);
  });
});

it('a store in memory has the time of the process', async () => {
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend }, {});
  const time = new StoreClock(new MemoryLimitStore(), options, systemClock);
  await time.onModuleInit();

  expect(time.now()).toBe(START);
});
