import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LimitOptions, RateLimitedError } from '../../lib/index.js';
import type { TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import type { RemoteApplication } from '../support/remote-application.js';
import { sharedStores, startTwoProcesses, type TwoProcesses } from '../support/two-processes.js';

const LIMITS: LimitOptions = { ...NO_LIMITS, resendAfter: 30, perPrefix: [{ max: 3, seconds: 45 }] };

const STORES = sharedStores.filter(({ kind, isInRedis }) => kind !== 'sqlite' || isInRedis);

const SETUPS = STORES.flatMap((store) => [60_000, -60_000].map((shiftMs) => ({ name: store.name, store, shiftMs })));

describe.each(SETUPS)('two processes on $name, one with a clock that is off by $shiftMs ms,', ({ store, shiftMs }) => {
  let processes: TwoProcesses;
  let here: TestApplication;
  let there: RemoteApplication;

  beforeAll(async () => {
    const environment = { CLOCK_SHIFT_MS: String(shiftMs) };
    processes = await startTwoProcesses(store, { limits: LIMITS, environment });
    ({ here, there } = processes);
  }, 60_000);

  afterAll(async () => {
    await processes.close();
  });

  /** Sends from here, whose test clock is set to the real time. */
  async function sendHere(phoneNumber: string): Promise<'sent' | number> {
    here.clock.set(Date.now());
    try {
      await here.service.sendSecurityCode(phoneNumber);
      return 'sent';
    } catch (error) {
      if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
      throw error;
    }
  }

  it('share one cooldown, whichever sends first', async () => {
    expect(await sendHere('+14155550001')).toBe('sent');
    expect(await there.sendAll(['+14155550001'])).toEqual(['rate_limited']);
    expect(await sendHere('+14155550001')).toBeLessThanOrEqual(30);

    expect(await there.sendAll(['+12125550002'])).toEqual(['sent']);
    const wait = await sendHere('+12125550002');
    expect(wait).toBeGreaterThan(20);
    expect(wait).toBeLessThanOrEqual(31);
    expect(await there.sendAll(['+12125550002'])).toEqual(['rate_limited']);
  });

  it('count sends in the same windows', async () => {
    expect(await sendHere('+13105550001')).toBe('sent');
    expect(await there.sendAll(['+13105550002'])).toEqual(['sent']);
    expect(await sendHere('+13105550003')).toBe('sent');

    expect(await there.sendAll(['+13105550004'])).toEqual(['rate_limited']);
    expect(await sendHere('+13105550005')).not.toBe('sent');
  });

  it('return resendAt by their own clocks', async () => {
    const { resendAt } = await there.send('+16175550001');

    const wait = Date.parse(resendAt) - (Date.now() + shiftMs);
    expect(wait).toBeGreaterThan(25_000);
    expect(wait).toBeLessThanOrEqual(31_000);
  });

  it('delete no counter before its window has ended', async () => {
    expect(await sendHere('+12025550001')).toBe('sent');
    await there.purge({});

    expect(await sendHere('+12025550001')).not.toBe('sent');
  });
});
