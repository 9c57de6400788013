import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LimitOptions, RateLimitedError } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NO_LIMITS } from '../support/limits.js';
import { type FreshRedis, freshRedis, redisUrl } from '../support/redis.js';
import { RemoteApplication } from '../support/remote-application.js';

const LIMITS: LimitOptions = { ...NO_LIMITS, resendAfter: 30, perPrefix: [{ max: 3, seconds: 45 }] };

const STORES: readonly { readonly name: string; readonly kind: DatabaseKind; readonly isInRedis: boolean }[] = [
  ...databaseKinds.filter((kind) => kind !== 'sqlite').map((kind) => ({ name: kind, kind, isInRedis: false })),
  ...(redisUrl === undefined ? [] : [{ name: 'redis', kind: 'sqlite' as const, isInRedis: true }]),
];

const SETUPS = STORES.flatMap(({ name, kind, isInRedis }) =>
  [60_000, -60_000].map((shiftMs) => ({ name, kind, isInRedis, shiftMs })),
);

describe.each(SETUPS)('two processes on $name, one with a clock that is off by $shiftMs ms,', (setup) => {
  const { kind, isInRedis, shiftMs } = setup;
  let database: FreshDatabase;
  let redis: FreshRedis | undefined;
  let here: TestApplication;
  let there: RemoteApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    redis = isInRedis ? freshRedis() : undefined;
    const limits = { ...LIMITS, ...(redis && { store: { redis: redis.client } }) };
    here = await startApplication({ database: database.options, phoneVerify: { limits } });
    there = await RemoteApplication.start({
      database: database.options,
      phoneVerify: { limits: LIMITS },
      redis: redis?.connection,
      environment: { CLOCK_SHIFT_MS: String(shiftMs) },
    });
  }, 60_000);

  afterAll(async () => {
    await there.kill();
    await here.close();
    await redis?.drop();
    await database.drop();
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
