import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unionOf } from '../../lib/limits/address-bitmap.js';
import { type ConversionCount, MAX_BLOCKS } from '../../lib/limits/conversion.store.js';
import { MemoryConversionStore } from '../../lib/limits/memory-conversion.store.js';
import { conversionStores, type TimedConversionStore, WINDOW_MS } from '../support/conversion-stores.js';

const NOW = 1_764_000_000_123;
const MINUTE = 60_000;
const ALL_BITS = 2 ** 52 - 1;

let subjects = 0;

/** A subject that no other test uses. */
function newSubject(kind: 'country' | 'prefix' = 'prefix'): string {
  return `${kind}:+1${String(subjects++).padStart(6, '0')}`;
}

function count(subject: string, sent: number, verified = 0, addresses = 0): ConversionCount {
  return { subject, sent, verified, addresses };
}

describe.each(conversionStores)('the conversion counts in $name', (factory) => {
  let store: TimedConversionStore;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await factory.open());
  });

  afterAll(() => close());

  it('are added up in one window for each subject', async () => {
    const [one, other] = [newSubject('country'), newSubject()];

    expect(await store.add([count(other, 2, 0, 1), count(one, 3, 1, 2)], NOW)).toEqual([
      count(one, 3, 1, 2),
      count(other, 2, 0, 1),
    ]);
    expect(await store.add([count(one, 4, 2, 1)], NOW + WINDOW_MS - 1)).toEqual([count(one, 7, 3, 3)]);
  });

  it('restart when the window has ended', async () => {
    const subject = newSubject();
    await store.add([count(subject, 5, 5, ALL_BITS)], NOW);

    expect(await store.add([count(subject, 1, 0, 4)], NOW + WINDOW_MS)).toEqual([count(subject, 1, 0, 4)]);
  });

  it('keep their values in a shortened window when the clock goes back', async () => {
    const subject = newSubject();
    await store.add([count(subject, 1)], NOW);
    await store.add([count(subject, 1)], NOW - 24 * WINDOW_MS);

    expect(await store.add([count(subject, 1)], NOW - 23 * WINDOW_MS - 1)).toEqual([count(subject, 3)]);
    expect(await store.add([count(subject, 1)], NOW - 23 * WINDOW_MS)).toEqual([count(subject, 1)]);
  });

  it('store every bit of the address bitmap', async () => {
    const subject = newSubject();
    for (let bit = 0; bit < 52; bit += 2) await store.add([count(subject, 1, 0, 2 ** bit)], NOW);
    await store.add([count(subject, 0, 0, 2 ** 51)], NOW);

    const [total] = await store.add([count(subject, 0, 0, 2)], NOW);

    const even = Array.from({ length: 26 }, (_, index) => 2 ** (2 * index)).reduce(unionOf, 0);
    expect(total?.addresses).toBe(unionOf(even, 2 ** 51 + 2));
  });

  it('are all added when many calls run in parallel and in any order', async () => {
    const all = Array.from({ length: 12 }, () => newSubject());
    const lists = Array.from({ length: 24 }, (_, index) => {
      const own = all
        .filter((_subject, place) => (place + index) % 3 > 0)
        .map((subject) => count(subject, 1, 1, 2 ** index));
      return index % 2 === 0 ? own : own.toReversed();
    });

    await Promise.all(lists.map((counts) => store.add(counts, NOW)));

    const totals = await store.add(
      all.map((subject) => count(subject, 0)),
      NOW,
    );
    expect(totals.map(({ sent, verified }) => [sent, verified])).toEqual(all.map(() => [16, 16]));
  });

  it('may be an empty list', async () => {
    expect(await store.add([], NOW)).toEqual([]);
    await expect(store.block([], NOW + 1, NOW)).resolves.toBeUndefined();
  });
});

describe.each(conversionStores)('the conversion blocks in $name', (factory) => {
  let store: TimedConversionStore;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await factory.open());
  });

  afterAll(() => close());

  it('are returned until they end, and restart the counts', async () => {
    const [country, prefix] = [newSubject('country'), newSubject()];
    await store.add([count(prefix, 60), count(country, 60)], NOW);

    await store.block([prefix, country], NOW + MINUTE, NOW);

    expect(await store.readBlocks(NOW + MINUTE - 1)).toEqual(
      [country, prefix].map((subject) => ({ subject, endsAt: NOW + MINUTE })),
    );
    expect(await store.readBlocks(NOW + MINUTE)).toEqual([]);
    expect(await store.add([count(prefix, 1)], NOW)).toEqual([count(prefix, 1)]);
  });

  it('can be shortened but not extended, and can be set again after they end', async () => {
    const subject = newSubject();
    const start = NOW + 10 * MINUTE;
    await store.block([subject], start + MINUTE, start);
    await store.block([subject], start + 2 * MINUTE, start + 1);
    expect(await store.readBlocks(start)).toEqual([{ subject, endsAt: start + MINUTE }]);

    await store.block([subject], start + 1000, start);
    expect(await store.readBlocks(start)).toEqual([{ subject, endsAt: start + 1000 }]);

    await store.block([subject], start + MINUTE, start + 1000);
    expect(await store.readBlocks(start + 1000)).toEqual([{ subject, endsAt: start + MINUTE }]);
  });

  it('are returned up to a thousand, those that end last', async () => {
    const start = NOW + 60 * MINUTE;
    const [early, late] = [0, 1].map((half) => Array.from({ length: MAX_BLOCKS - 300 * half }, () => newSubject()));
    for (const [index, some] of [early ?? [], late ?? []].entries()) {
      for (let from = 0; from < some.length; from += 200) {
        await store.block(some.slice(from, from + 200), start + MINUTE + index, start);
      }
    }

    const blocks = await store.readBlocks(start);

    expect(blocks).toHaveLength(MAX_BLOCKS);
    expect(blocks.filter(({ endsAt }) => endsAt === start + MINUTE + 1)).toHaveLength(late?.length ?? 0);
  });
});

describe.each(conversionStores)('the conversion store in $name, after any sequence of operations,', (factory) => {
  it.each([1, 2])('returns the same results as the store in memory (seed %i)', async (seed) => {
    let state = seed;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const { store, close } = await factory.open();
    const memory = conversionStores[0];
    expect(memory?.name).toBe('memory');
    const model = (await memory?.open())?.store ?? store;
    const all = Array.from({ length: 4 }, (_, index) => newSubject(index === 0 ? 'country' : 'prefix'));
    // The steps are longer than the tolerance for clock differences.
    let now = NOW;

    for (let round = 0; round < 80; round++) {
      if (draw(2) === 0) now += 10 * MINUTE * draw(4);
      const some = all.filter(() => draw(2) === 0);
      const counts = some.map((subject) => count(subject, draw(5), draw(3), 2 ** draw(52)));
      expect(await store.add(counts, now)).toEqual(await model.add(counts, now));
      if (draw(4) === 0) {
        const blocked = all.filter(() => draw(2) === 0);
        const endsAt = now + 10 * MINUTE * (1 + draw(5));
        await Promise.all([store, model].map((each) => each.block(blocked, endsAt, now)));
      }
      expect(await store.readBlocks(now)).toEqual(await model.readBlocks(now));
    }
    await close();
  });
});

it('the conversion store in memory deletes counts of ended windows when it has many', async () => {
  const store = new MemoryConversionStore();
  const add = (subject: string, now: number) => store.add([count(subject, 1)], { now, windowMs: WINDOW_MS });
  for (let number = 0; number < 1024; number++) await add(`prefix:+${number}`, NOW);
  await add('prefix:+other', NOW + WINDOW_MS);

  // An earlier instant would still find the count if it existed.
  expect(await add('prefix:+1', NOW + 1)).toEqual([count('prefix:+1', 1)]);
});
