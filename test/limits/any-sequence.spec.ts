import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Counter } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';
import { chargeOf, limitStores, type OpenLimitStore, openLimitStore } from '../support/limit-stores.js';
import { type TimedStore, withTimeout } from '../support/timed-store.js';

const START = 1_764_000_000_123;

/** Far longer than the test, so that a store with a clock of its own deletes nothing during it. */
const STEP_MS = 600_000;

const COUNTERS = 4;

/** The limit of one counter. */
const limit = fc.record({
  max: fc.integer({ min: 1, max: 4 }),
  windowMs: fc.integer({ min: 1, max: 4 }).map((steps) => steps * STEP_MS),
  isEnforced: fc.boolean(),
});

/** One round: time passes, some counters are charged, and an earlier charge is refunded or a counter is cleared. */
const round = fc.record({
  elapsedMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 3 }).map((steps) => steps * STEP_MS),
  ),
  charged: fc.subarray([0, 1, 2, 3]),
  next: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund' as const), index: fc.nat({ max: 5 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('refundLastTwo' as const), index: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), index: fc.nat({ max: COUNTERS - 1 }) }) },
  ),
});

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;

const rounds = fc.array(round, { minLength: 20, maxLength: 60, size: 'max' });

describe.each(limitStores)('the counters of $name', (factory) => {
  let opened: OpenLimitStore;

  beforeAll(async () => {
    opened = await openLimitStore(factory);
  });

  afterAll(async () => {
    await opened.close();
  });

  // Each example has its own counters, so a failing one can be shrunk.
  it.each([1, 2])('equal counters in memory after any sequence of operations (seed %i)', async (seed) => {
    const limits = fc.array(limit, { minLength: COUNTERS, maxLength: COUNTERS });
    const property = fc.asyncProperty(limits, rounds, async (given, sequence) => {
      const charges = given.map((each) => chargeOf(opened.key(), each));
      const keys = charges.map(({ key }) => key);
      const model = withTimeout(new MemoryLimitStore());
      let accepted: readonly Counter[] = [];
      let now = START;

      for (const { elapsedMs, charged, next } of sequence) {
        now += elapsedMs;
        const some = charges.filter((_charge, index) => charged.includes(index));
        const outcome = await model.charge(some, now);
        expect(await opened.store.charge(some, now)).toEqual(outcome);
        accepted = [...accepted, ...outcome.counters].slice(-6);

        const expected = await operate(model, next, keys, accepted);
        expect(await operate(opened.store, next, keys, accepted)).toEqual(expected);
        expect(await opened.store.read(keys, now)).toEqual(await model.read(keys, now));
      }
    });
    await fc.assert(property, { seed, numRuns: 3 });
  });
});

/** Does something other than a charge. */
async function operate(
  store: TimedStore,
  { kind, index }: Round['next'],
  keys: readonly string[],
  accepted: readonly Counter[],
): Promise<unknown> {
  const window = accepted[index % Math.max(1, accepted.length)];
  if (kind === 'clear') return store.clear([keys[index] ?? '']);
  if (kind === 'refund') return store.refund(window === undefined ? [] : [window]);
  // No send charges one counter twice.
  const lastTwo = accepted.slice(-2);
  return store.refund(lastTwo.filter(({ key }, place) => lastTwo.findIndex((other) => other.key === key) === place));
}
