import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Counter } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';
import { chargeOf, limitStores, type OpenLimitStore, openLimitStore } from '../support/limit-stores.js';

const START = 1_764_000_000_123;
/** Much longer than the test, so that no counter expires by the clock of Redis. */
const STEP = 600_000;
const ROUNDS = 150;

describe.each(limitStores)('the limit store in $name, after any sequence of operations,', (factory) => {
  let opened: OpenLimitStore;

  beforeAll(async () => {
    opened = await openLimitStore(factory);
  });

  afterAll(async () => {
    await opened.close();
  });

  it.each([1, 2, 3, 4])('returns the same results as the store in memory (seed %i)', async (seed) => {
    const draw = randomNumbers(seed);
    const model = withTimeout(new MemoryLimitStore());
    const limits = Array.from({ length: 4 }, () =>
      chargeOf(opened.key(), {
        max: 1 + draw(4),
        windowMs: STEP * (1 + draw(4)),
        isEnforced: draw(4) > 0,
      }),
    );
    const keys = limits.map(({ key }) => key);
    let charged: readonly Counter[] = [];
    let now = START;

    for (let round = 0; round < ROUNDS; round++) {
      if (draw(2) === 0) now += STEP * draw(4);
      const some = limits.filter(() => draw(2) === 0);
      const outcome = await model.charge(some, now);
      expect(await opened.store.charge(some, now)).toEqual(outcome);

      charged = [...charged, ...outcome.counters].slice(-6);
      const operation = drawOperation(draw, keys, charged, now);
      const expected = await operation(model);
      expect(await operation(opened.store)).toEqual(expected);
      expect(await opened.store.read(keys, now)).toEqual(await model.read(keys, now));
    }
  });
});

/** Draws an operation other than a charge, to run on both stores. */
function drawOperation(
  draw: (below: number) => number,
  keys: readonly string[],
  charged: readonly Counter[],
  now: number,
): (store: TimedStore) => Promise<unknown> {
  const key = keys[draw(keys.length)] ?? '';
  const window = charged[draw(charged.length)] ?? { key, windowEndsAt: now };
  const kind = draw(8);
  if (kind < 4) return (store) => store.refund([window]);
  if (kind < 7) {
    // A send charges each counter once.
    const windows = charged
      .slice(-2)
      .filter((one, index, all) => all.findIndex(({ key: of }) => of === one.key) === index);
    return (store) => store.refund(windows);
  }
  return (store) => store.clear([key]);
}

/** A generator of pseudo-random numbers, the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
