import { describe, expect, it } from 'vitest';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';
import { chargeOf, HOUR } from '../support/limit-stores.js';

const NOW = 1_764_000_000_123;

describe('the limit store in memory, without clean-up,', () => {
  /** How many counters still exist: an instant within their window finds them even after it has ended. */
  async function countExisting(store: TimedStore, keys: readonly string[], openAt: number): Promise<number> {
    return (await store.read(keys, openAt)).length;
  }

  function keysOf(name: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${name}:${index}`);
  }

  async function chargeEach(store: TimedStore, keys: readonly string[], now: number): Promise<void> {
    for (const key of keys) await store.charge([chargeOf(key)], now);
  }

  it('deletes counters of an ended window when new ones are charged', async () => {
    const store = withTimeout(new MemoryLimitStore());
    const first = keysOf('first', 2000);
    await chargeEach(store, first, NOW);
    expect(await countExisting(store, first, NOW)).toBe(2000);

    await chargeEach(store, keysOf('second', 2000), NOW + HOUR);

    expect(await countExisting(store, first, NOW)).toBe(0);
  });

  it('holds at most about twice as many counters as were open at the same time', async () => {
    const store = withTimeout(new MemoryLimitStore());
    const keys = keysOf('key', 20_000);
    for (const [index, key] of keys.entries()) {
      await store.charge([chargeOf(key, { windowMs: 1000 })], NOW + index);
    }

    expect(await countExisting(store, keys, NOW)).toBeLessThanOrEqual(2000 + 48);
  });

  it('keeps a counter while its window is open, however many others are charged', async () => {
    const store = withTimeout(new MemoryLimitStore());
    await store.charge([chargeOf('mine', { max: 1 })], NOW);
    await chargeEach(store, keysOf('others', 5000), NOW + 1);

    expect((await store.charge([chargeOf('mine', { max: 1 })], NOW + 2)).isCharged).toBe(false);
  });
});
