import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { scheduleByTimer } from '../../lib/common/schedule.js';
import { ConversionStatistic } from '../../lib/limits/conversion-statistic.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { MemoryConversionStore } from '../../lib/limits/memory-conversion.store.js';
import { StoreClock } from '../../lib/limits/store-clock.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { TestClock } from '../support/clock.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER } from '../support/requests.js';

const number = parsePhoneNumber(NUMBER);
const SEND = {
  number,
  purpose: '',
  client: undefined,
  subject: undefined,
  request: undefined,
  isOwnNumber: false,
  isTestNumber: false,
  isResend: false,
};

class RecordingStore extends MemoryConversionStore {
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
let store: RecordingStore;
let logs: RecordedLogs;

function statistic(schedule = scheduleByTimer): ConversionStatistic {
  const conversion = { mode: 'enforce', minimumSent: 3, blockSeconds: 600 } as const;
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend, limits: { conversion } }, {});
  const time = new StoreClock(new MemoryLimitStore(), options, clock);
  return new ConversionStatistic(store, options, time, schedule);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  clock = new TestClock();
  store = new RecordingStore();
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

describe('the conversion statistic', () => {
  it('reads the blocks once while the process is idle', async () => {
    await statistic().onModuleInit();
    await vi.advanceTimersByTimeAsync(3_600_000);

    expect(store.calls).toEqual(['readBlocks']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('adds its counts to the store in one call a second', async () => {
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

  it('does not keep the process alive', () => {
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

  it('reads blocks of other processes at the first send after a second, without delaying that send', async () => {
    const here = statistic();
    await here.onModuleInit();
    await store.block(['prefix:+1415555'], clock.now() + 60_000, { now: clock.now(), windowMs: 1000 });
    expect(here.refusalsOf(number)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1001);
    store.calls.length = 0;

    expect(here.refusalsOf(number)).toEqual([]);
    expect(store.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);

    expect(store.calls).toEqual(['readBlocks']);
    expect(here.refusalsOf(number)).toMatchObject([
      { reason: expect.stringContaining('its prefix is blocked'), retryAt: clock.now() + 60_000 },
    ]);
  });

  it('applies its own block immediately', async () => {
    const here = statistic();
    for (let index = 0; index < 3; index++) here.countSent(SEND);
    await vi.advanceTimersByTimeAsync(1000);

    expect(here.refusalsOf(number)).toMatchObject([
      { reason: expect.stringContaining('its prefix is blocked'), retryAt: clock.now() + 600_000 },
    ]);
  });

  it('counts nothing while a subject is blocked, so that its counts restart', async () => {
    const here = statistic();
    await store.block(['prefix:+1415555'], clock.now() + 60_000, { now: clock.now(), windowMs: 1000 });
    await here.onModuleInit();
    here.countSent(SEND);
    here.countVerified(number);
    await here.flush();

    expect(store.calls).toContain('add country:US 1/1');
  });

  it('adds the remaining counts when the application ends, and sets no timer afterwards', async () => {
    const counted = statistic();
    counted.countSent(SEND);

    await counted.onModuleDestroy();
    counted.countSent(SEND);
    counted.refusalsOf(number);

    expect(store.calls).toEqual(['add prefix:+1415555 1/0, country:US 1/0']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps counts that the store rejected, and logs that once a minute', async () => {
    const counted = statistic();
    store.isDown = true;
    counted.countSent(SEND);
    await counted.flush();
    counted.countSent(SEND);
    await counted.flush();
    expect(logs.lines).toEqual([
      'warn: limits.conversion could not exchange its counts and blocks with the store: Error: gone It tries again. ' +
        'Until then, sends are decided by the blocks that this process knows. PhoneVerify',
    ]);

    await vi.advanceTimersByTimeAsync(60_000);
    counted.countVerified(number);
    await counted.flush();
    expect(logs.lines).toHaveLength(2);

    store.isDown = false;
    await counted.flush();
    expect(store.calls.at(-2)).toBe('add prefix:+1415555 2/1, country:US 2/1');
  });

  it('retries without a send after the store was unavailable', async () => {
    const counted = statistic();
    store.isDown = true;
    counted.countSent(SEND);
    await vi.advanceTimersByTimeAsync(1000);
    store.isDown = false;
    await vi.advanceTimersByTimeAsync(1000);

    expect(store.calls.at(-1)).toBe('add prefix:+1415555 1/0, country:US 1/0');
  });

  it('keeps at most ten thousand subjects while the store is unavailable', async () => {
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

  it('reads the blocks of other processes while messages keep arriving', async () => {
    const here = statistic();
    const add = store.add.bind(store);
    // Each statement takes so long that further messages arrive meanwhile.
    store.add = async (...given) => {
      here.countSent(SEND);
      return add(...given);
    };
    here.countSent(SEND);

    await here.flush();

    expect(store.calls).toEqual(['add prefix:+1415555 1/0, country:US 1/0', 'readBlocks']);
  });
});
