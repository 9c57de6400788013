import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChargeOutcome } from '../../lib/limits/limit.store.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { ChargingProcess } from '../support/charging-process.js';
import { chargeOf, HOUR } from '../support/limit-stores.js';
import { type FreshRedis, freshRedis } from '../support/redis.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';

const NOW = 1_764_000_000_123;
const MAX = 50;

describe('two processes that use one Redis', () => {
  let redis: FreshRedis;
  let here: TimedStore;
  let there: ChargingProcess;

  beforeAll(async () => {
    redis = freshRedis();
    here = withTimeout(new RedisLimitStore(redis.client, 20_000));
    there = await ChargingProcess.start(redis.connection);
  });

  afterAll(async () => {
    await there.kill();
    await redis.drop();
  });

  function countCharged(outcomes: readonly ChargeOutcome[]): number {
    return outcomes.filter(({ isCharged }) => isCharged).length;
  }

  it('charge a counter exactly up to its maximum', async () => {
    const charges = Array.from({ length: 2 * MAX }, (_, index) => [
      chargeOf('perNumber', { max: MAX }),
      chargeOf('total', { max: 4 * MAX }),
      chargeOf(`perIp:${index}`),
    ]);
    const thereFirst = there.chargeAll(charges, NOW);
    const hereToo = Promise.all(charges.map((charge) => here.charge(charge, NOW)));
    const counts = [countCharged(await thereFirst), countCharged(await hereToo)];

    expect(counts.reduce((sum, count) => sum + count)).toBe(MAX);
    expect(await here.read(['perNumber', 'total'], NOW)).toMatchObject([{ used: MAX }, { used: MAX }]);
  });

  it('count in the same windows', async () => {
    await here.charge([chargeOf('shared')], NOW);
    const [later] = await there.chargeAll([[chargeOf('shared')]], NOW + 1000);

    expect(later?.counters).toMatchObject([{ used: 2, windowEndsAt: NOW + HOUR }]);
    expect((await here.charge([chargeOf('shared')], NOW + 2000)).isCharged).toBe(false);
  });

  it('neither empty a counter nor extend its window if the clock of one is behind', async () => {
    await there.chargeAll([[chargeOf('skewed')]], NOW);
    await here.charge([chargeOf('skewed')], NOW - 60_000);

    const [refused] = await there.chargeAll([[chargeOf('skewed')]], NOW);

    expect(refused).toMatchObject({ isCharged: false, counters: [{ used: 2, windowEndsAt: NOW - 60_000 + HOUR }] });
  });
});
