import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimedStore } from '../support/timed-store.js';
import {
  chargeOf,
  countTaken,
  HOUR,
  limitStores,
  type OpenLimitStore,
  openLimitStore,
} from '../support/limit-stores.js';

const NOW = 1_764_000_000_123;
const MAX = 25;
const PARALLEL = 4 * MAX;

describe.each(limitStores)('charges at once in $name', (factory) => {
  let opened: OpenLimitStore;
  let store: TimedStore;

  beforeAll(async () => {
    opened = await openLimitStore(factory);
    ({ store } = opened);
  });

  afterAll(async () => {
    await opened.close();
  });

  function keys(count: number): string[] {
    return Array.from({ length: count }, () => opened.key());
  }

  async function used(key: string): Promise<number> {
    const [counter] = await store.read([key], NOW);
    return counter?.used ?? 0;
  }

  it('exactly the maximum of one counter is taken', async () => {
    const [key = ''] = keys(1);
    const charges = Array.from({ length: PARALLEL }, () => [chargeOf(key, { max: MAX })]);

    expect(await countTaken(store, charges, NOW)).toBe(MAX);
    expect(await used(key)).toBe(MAX);
  });

  it('exactly the maximum is taken where each has other counters too, in any order', async () => {
    const shared = keys(3);
    const [full = '', ...roomy] = shared;
    const charges = Array.from({ length: PARALLEL }, (_, index) => {
      const all = [chargeOf(full, { max: MAX }), ...roomy.map((key) => chargeOf(key, { max: PARALLEL }))];
      return [...all.slice(index % 3), ...all.slice(0, index % 3), chargeOf(opened.key())];
    });

    expect(await countTaken(store, charges, NOW)).toBe(MAX);
    expect(await Promise.all(shared.map(used))).toEqual([MAX, MAX, MAX]);
  });

  it('a window that is over opens once', async () => {
    const [key = ''] = keys(1);
    await store.charge([chargeOf(key, { max: MAX })], NOW - HOUR);
    const charges = Array.from({ length: PARALLEL }, () => [chargeOf(key, { max: MAX })]);

    expect(await countTaken(store, charges, NOW)).toBe(MAX);
    expect(await used(key)).toBe(MAX);
  });

  it('with messages refunded between them, never more than the maximum are out', async () => {
    const [key = '', other = ''] = keys(2);
    let out = 0;
    let most = 0;
    const sendAndRefund = async (): Promise<void> => {
      for (let time = 0; time < 5; time++) {
        const { isCharged, counters } = await store.charge(
          [chargeOf(key, { max: 3 }), chargeOf(other, { max: 99 })],
          NOW,
        );
        if (!isCharged) continue;
        most = Math.max(most, ++out);
        await new Promise((resolve) => setImmediate(resolve));
        out--;
        await store.refund(counters);
      }
    };

    await Promise.all(Array.from({ length: 20 }, sendAndRefund));

    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(3);
    expect(await store.read([key, other], NOW)).toEqual([]);
  });
});
