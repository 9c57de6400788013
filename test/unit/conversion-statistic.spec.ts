import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { scheduleByTimer } from '../../lib/common/schedule.js';
import { ConversionStatistic } from '../../lib/limits/conversion-statistic.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { MemoryConversionStore } from '../../lib/limits/memory-conversion.store.js';
import { originOf } from '../../lib/limits/send-origin.js';
import { StoreClock } from '../../lib/limits/store-clock.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { TestClock } from '../support/clock.js';
import { KeptLogs } from '../support/logs.js';
import { NUMBER } from '../support/requests.js';

const number = parsePhoneNumber(NUMBER);
const SEND = {
  number,
  purpose: '',
  origin: originOf(undefined),
  isOwnNumber: false,
  isTestNumber: false,
  isResend: false,
};

class NotingStore extends MemoryConversionStore {
  readonly calls: string[] = [];
  isDown = false;

  override async add(...given: Parameters<MemoryConversionStore['add']>) {
    this.calls.push(
      `add ${given[0].map(({ subject, sent, verified }) => `${subject} ${sent}/${verified}`).join(', ')}`,
    );
    if (this.isDown) throw new Error('gone');
    return super.add(...given);
  }

  override async readBlocks(now: number) {
    this.calls.push('readBlocks');
    if (this.isDown) throw new Error('gone');
    return super.readBlocks(now);
  }
}

let clock: TestClock;
let store: NotingStore;
let logs: KeptLogs;

function statistic(schedule = scheduleByTimer): ConversionStatistic {
  const conversion = { mode: 'enforce', minimumSent: 3, blockSeconds: 600 } as const;
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend, limits: { conversion } }, {});
  const time = new StoreClock(new MemoryLimitStore(), options, clock);
  return new ConversionStatistic(store, options, time, schedule);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  clock = new TestClock();
  store = new NotingStore();
  logs = new KeptLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

describe('the statistic of conversion', () => {
  it('reads the blocks when it starts, and nothing of a process that does nothing', async () => {
    await statistic().onModuleInit();
    await vi.advanceTimersByTimeAsync(3_600_000);

    expect(store.calls).toEqual(['readBlocks']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('adds what was counted in a second by one call of its timer, and no more often', async () => {
    const counted = statistic();
    await counted.onModuleInit();
    store.calls.length = 0;

    for (let index = 0; index < 5; index++) counted.countSent(SEND);
    counted.countVerified(number);
    expect(store.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(999);
    expect(store.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.calls).toEqual(['add prefix:+1415555 5/1, country:US 5/1']);

    counted.countSent(SEND);
    await vi.advanceTimersByTimeAsync(999);
    expect(store.calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.calls.slice(1)).toEqual(['add prefix:+1415555 1/0, country:US 1/0']);
  });

  it('keeps no process alive', () => {
    vi.useRealTimers();
    const cancel: (() => void)[] = [];
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const counted = statistic((work, delay) => {
      cancel.push(scheduleByTimer(work, delay));
      return () => undefined;
    });
    counted.countSent(SEND);

    expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([false]);
    for (const each of cancel) each();
    timers.mockRestore();
  });

  it('learns of a block of another process by the first send after a second, which it does not hold up', async () => {
    const here = statistic();
    await here.onModuleInit();
    await store.block(['prefix:+1415555'], clock.now() + 60_000, { now: clock.now(), windowMs: 1000 });
    expect(here.blockOf(number)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1001);
    store.calls.length = 0;

    expect(here.blockOf(number)).toBeUndefined();
    expect(store.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);

    expect(store.calls).toEqual(['readBlocks']);
    expect(here.blockOf(number)).toEqual({ kind: 'prefix', endsAt: clock.now() + 60_000 });
  });

  it('knows of its own block at once', async () => {
    const here = statistic();
    for (let index = 0; index < 3; index++) here.countSent(SEND);
    await vi.advanceTimersByTimeAsync(1000);

    expect(here.blockOf(number)).toEqual({ kind: 'prefix', endsAt: clock.now() + 600_000 });
  });

  it('counts nothing of what is blocked, so that its counts begin anew', async () => {
    const here = statistic();
    await store.block(['prefix:+1415555'], clock.now() + 60_000, { now: clock.now(), windowMs: 1000 });
    await here.onModuleInit();
    here.countSent(SEND);
    here.countVerified(number);
    await here.flush();

    expect(store.calls).toContain('add country:US 1/1');
  });

  it('adds what is left when the application ends, and sets no timer from then on', async () => {
    const counted = statistic();
    counted.countSent(SEND);

    await counted.onModuleDestroy();
    counted.countSent(SEND);
    counted.blockOf(number);

    expect(store.calls).toEqual(['add prefix:+1415555 1/0, country:US 1/0']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps what the store did not take, and says once a minute that it did not', async () => {
    const counted = statistic();
    store.isDown = true;
    counted.countSent(SEND);
    await counted.flush();
    counted.countSent(SEND);
    await counted.flush();
    expect(logs.lines).toEqual([
      'warn: limits.conversion could not exchange its counts and blocks with the store: Error: gone It tries again, and ' +
        'until then sends are decided by the blocks that this process knows. PhoneVerify',
    ]);

    await vi.advanceTimersByTimeAsync(60_000);
    counted.countVerified(number);
    await counted.flush();
    expect(logs.lines).toHaveLength(2);

    store.isDown = false;
    await counted.flush();
    expect(store.calls.at(-2)).toBe('add prefix:+1415555 2/1, country:US 2/1');
  });

  it('tries again by itself when the store was out of reach', async () => {
    const counted = statistic();
    store.isDown = true;
    counted.countSent(SEND);
    await vi.advanceTimersByTimeAsync(1000);
    store.isDown = false;
    counted.countSent(SEND);
    await vi.advanceTimersByTimeAsync(1000);

    expect(store.calls.at(-1)).toBe('add prefix:+1415555 2/0, country:US 2/0');
  });

  it('holds no more than ten thousand subjects for a store that is out of reach', async () => {
    const counted = statistic();
    store.isDown = true;
    for (let index = 0; index < 12_000; index++) {
      const e164 = `+1${2_000_000_000 + 10_000 * index}`;
      counted.countSent({ ...SEND, number: { ...number, e164 } });
    }
    await counted.flush();
    store.isDown = false;
    store.calls.length = 0;
    await counted.flush();

    const subjects = store.calls.filter((call) => call.startsWith('add ')).flatMap((call) => call.split(', '));
    expect(subjects).toHaveLength(10_000);
  });
});
