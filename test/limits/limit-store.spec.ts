import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Counter } from '../../lib/limits/limit.store.js';
import type { TimedStore } from '../support/timed-store.js';
import { chargeOf, HOUR, limitStores, type OpenLimitStore, openLimitStore } from '../support/limit-stores.js';

const NOW = 1_764_000_000_123;

describe.each(limitStores)('the limit store in $name', (factory) => {
  let opened: OpenLimitStore;
  let store: TimedStore;
  let key: string;
  let other: string;

  beforeAll(async () => {
    opened = await openLimitStore(factory);
    ({ store } = opened);
  });

  beforeEach(() => {
    key = opened.key();
    other = opened.key();
  });

  afterAll(async () => {
    await opened.close();
  });

  function counter(used: number, { of = key, endsAt = NOW + HOUR } = {}): Counter {
    return { key: of, used, windowEndsAt: endsAt };
  }

  async function charge(times: number, now = NOW): Promise<void> {
    for (let time = 0; time < times; time++) await store.charge([chargeOf(key, { max: times })], now);
  }

  it('opens a window with the first charge and does not move it', async () => {
    const first = await store.charge([chargeOf(key)], NOW);
    const second = await store.charge([chargeOf(key)], NOW + HOUR - 1);

    expect(first).toEqual({ isCharged: true, counters: [counter(1)] });
    expect(second).toEqual({ isCharged: true, counters: [counter(2)] });
  });

  it('refuses charges beyond the maximum until the window ends, to the millisecond', async () => {
    await charge(2);

    const last = await store.charge([chargeOf(key)], NOW + HOUR - 1);
    const next = await store.charge([chargeOf(key)], NOW + HOUR);

    expect(last).toEqual({ isCharged: false, counters: [counter(2)] });
    expect(next).toEqual({ isCharged: true, counters: [counter(1, { endsAt: NOW + 2 * HOUR })] });
  });

  it('charges nothing if one counter is full', async () => {
    await charge(2);

    const outcome = await store.charge([chargeOf(other), chargeOf(key)], NOW + 1);

    expect(outcome).toEqual({ isCharged: false, counters: [counter(2)] });
    expect(await store.read([other, key], NOW + 1)).toEqual([counter(2)]);
  });

  it('charges a full counter that is not enforced', async () => {
    const reported = chargeOf(key, { isEnforced: false });
    await charge(2);

    const outcome = await store.charge([reported, chargeOf(other)], NOW);

    expect(outcome).toEqual({ isCharged: true, counters: [counter(3), counter(1, { of: other })] });
  });

  it('returns all full counters that are enforced', async () => {
    const third = opened.key();
    await charge(2);
    await store.charge([chargeOf(other), chargeOf(third)], NOW + 5);

    const outcome = await store.charge(
      [chargeOf(other, { max: 1 }), chargeOf(third), chargeOf(key, { isEnforced: false })],
      NOW + 6,
    );

    expect(outcome).toEqual({
      isCharged: false,
      counters: [counter(1, { of: other, endsAt: NOW + 5 + HOUR })],
    });
  });

  it('allows another charge in the same window after a refund', async () => {
    await charge(2);
    await store.refund([counter(2)]);

    expect(await store.read([key], NOW)).toEqual([counter(1)]);
    expect(await store.charge([chargeOf(key)], NOW + 9)).toEqual({ isCharged: true, counters: [counter(2)] });
  });

  it('closes the window of a counter that is refunded to 0, so that the next charge opens a full one', async () => {
    await store.charge([chargeOf(key), chargeOf(other)], NOW);
    await store.refund([counter(1), counter(1, { of: other })]);

    expect(await store.read([key, other], NOW)).toEqual([]);
    expect(await store.charge([chargeOf(key)], NOW + 7)).toEqual({
      isCharged: true,
      counters: [counter(1, { endsAt: NOW + 7 + HOUR })],
    });
  });

  it('refunds only in the window that was charged', async () => {
    await charge(1);
    const [next] = (await store.charge([chargeOf(key)], NOW + HOUR)).counters;
    await store.refund([counter(1), counter(1, { of: other })]);

    expect(await store.read([key, other], NOW + HOUR)).toEqual([next]);
  });

  it('shortens a window that ends too late because the clock went back, and keeps its count', async () => {
    await charge(1);
    const back = NOW - 24 * HOUR;

    const outcome = await store.charge([chargeOf(key)], back);

    expect(outcome).toEqual({ isCharged: true, counters: [counter(2, { endsAt: back + HOUR })] });
  });

  it('does not shorten a window because of sends that arrive out of order, so that they can be refunded', async () => {
    const before = NOW - 6000;
    await charge(1);
    expect((await store.charge([chargeOf(key)], before)).counters).toEqual([counter(2)]);
    expect(await store.charge([chargeOf(key)], before)).toEqual({ isCharged: false, counters: [counter(2)] });

    await store.refund([counter(1)]);

    expect(await store.read([key], NOW)).toEqual([counter(1)]);
  });

  it('keeps a full counter full for at most one window after the clock went back', async () => {
    await charge(2);
    const back = NOW - 24 * HOUR;
    const cut = counter(2, { endsAt: back + HOUR });

    expect(await store.charge([chargeOf(key)], back)).toEqual({ isCharged: false, counters: [cut] });
    expect(await store.charge([chargeOf(key)], back + HOUR - 1)).toEqual({ isCharged: false, counters: [cut] });
    expect((await store.charge([chargeOf(key)], back + HOUR)).isCharged).toBe(true);
  });

  it('compares a counter with the maximum of each charge', async () => {
    const low = chargeOf(key, { max: 2 });
    const high = chargeOf(key, { max: 3 });
    for (let time = 0; time < 2; time++) expect((await store.charge([low], NOW)).isCharged).toBe(true);

    expect((await store.charge([low], NOW)).isCharged).toBe(false);
    expect((await store.charge([high], NOW)).isCharged).toBe(true);
    expect((await store.charge([high], NOW)).isCharged).toBe(false);
    expect(await store.read([key], NOW)).toEqual([counter(3)]);
  });

  it('returns the open counters in the order of their keys', async () => {
    const long = `${opened.key()}:${'x'.repeat(100)}`.slice(0, 100);
    await store.charge([chargeOf(key), chargeOf(long), chargeOf(other, { windowMs: 1 })], NOW);

    const open = await store.read([long, other, opened.key(), key], NOW + 1);

    expect(open).toEqual([counter(1, { of: long }), counter(1)]);
    await store.clear([long]);
  });

  it('clears the given counters and no others', async () => {
    await store.charge([chargeOf(key), chargeOf(other)], NOW);
    await store.clear([key, opened.key()]);

    expect(await store.read([key, other], NOW)).toEqual([counter(1, { of: other })]);
  });

  it('returns the time of its server, if it has one', async () => {
    const none = { before: 0, store: 0, after: 0 };
    const time = await store.readTime();
    const { before, store: instant, after } = time ?? none;

    expect(time === undefined).toBe(['memory', 'sqlite'].includes(factory.name));
    // The servers run on the machine of the tests.
    expect(before - 1).toBeLessThanOrEqual(instant);
    expect(instant).toBeLessThanOrEqual(after + 1);
  });

  it('accepts an empty list for every operation', async () => {
    expect(await store.charge([], NOW)).toEqual({ isCharged: true, counters: [] });
    expect(await store.read([], NOW)).toEqual([]);
    await expect(store.refund([])).resolves.toBeUndefined();
    await expect(store.clear([])).resolves.toBeUndefined();
  });

  it('deletes counters whose window has ended, and no others', async () => {
    const ended = Array.from({ length: 30 }, () => opened.key());
    await store.charge([...ended.map((each) => chargeOf(each, { windowMs: 1000 })), chargeOf(key)], NOW);
    let batches = 1;
    while ((await store.deleteExpired(NOW + 1000)) && batches < 100) batches++;

    expect(batches).toBeLessThan(100);
    expect(await store.read([...ended, key], NOW + 1000)).toEqual([counter(1)]);
    // An earlier instant finds the counters that still exist.
    expect(await store.read(ended, NOW)).toHaveLength(factory.expiresByItself ? ended.length : 0);
  });
});
