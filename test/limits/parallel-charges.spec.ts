import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimedStore } from '../support/timed-store.js';
import {
  chargeOf,
  countCharged,
  HOUR,
  limitStores,
  type OpenLimitStore,
  openLimitStore,
} from '../support/limit-stores.js';

const NOW = 1_764_000_000_123;
const MAX = 25;
const PARALLEL = 4 * MAX;

describe.each(limitStores)('the limit store in $name, with parallel charges,', (factory) => {
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

  it('charges one counter exactly up to its maximum', async () => {
    const [key = ''] = keys(1);
    const charges = Array.from({ length: PARALLEL }, () => [chargeOf(key, { max: MAX })]);

    expect(await countCharged(store, charges, NOW)).toBe(MAX);
    expect(await used(key)).toBe(MAX);
  });

  it('charges a shared counter exactly up to its maximum if each charge has other counters too, in any order', async () => {
    const shared = keys(3);
    const [full = '', ...roomy] = shared;
    const charges = Array.from({ length: PARALLEL }, (_, index) => {
      const all = [chargeOf(full, { max: MAX }), ...roomy.map((key) => chargeOf(key, { max: PARALLEL }))];
      return [...all.slice(index % 3), ...all.slice(0, index % 3), chargeOf(opened.key())];
    });

    expect(await countCharged(store, charges, NOW)).toBe(MAX);
    expect(await Promise.all(shared.map(used))).toEqual([MAX, MAX, MAX]);
  });

  it('opens one new window after the old one has ended', async () => {
    const [key = ''] = keys(1);
    await store.charge([chargeOf(key, { max: MAX })], NOW - HOUR);
    const charges = Array.from({ length: PARALLEL }, () => [chargeOf(key, { max: MAX })]);

    expect(await countCharged(store, charges, NOW)).toBe(MAX);
    expect(await used(key)).toBe(MAX);
  });

  it('never exceeds the maximum while charges are refunded', async () => {
    const [key = '', other = ''] = keys(2);
    let outstanding = 0;
    let maximum = 0;
    const sendAndRefund = async (): Promise<void> => {
      for (let time = 0; time < 5; time++) {
        const { isCharged, counters } = await store.charge(
          [chargeOf(key, { max: 3 }), chargeOf(other, { max: 99 })],
          NOW,
        );
        if (!isCharged) continue;
        maximum = Math.max(maximum, ++outstanding);
        await new Promise((resolve) => setImmediate(resolve));
        outstanding--;
        await store.refund(counters);
      }
    };

    await Promise.all(Array.from({ length: 20 }, sendAndRefund));

    expect(maximum).toBeGreaterThan(0);
    expect(maximum).toBeLessThanOrEqual(3);
    expect(await store.read([key, other], NOW)).toEqual([]);
  });
});
