import { expect, it } from 'vitest';
import { FullCounters } from '../../lib/limits/full-counters.js';

const NOW = 1_800_000_000_000;
const MAX = 10;
const charge = (key: string | number) => ({ key: `perIp:60:${key}`, max: MAX, windowMs: 60_000 });
const counter = (key: string | number) => ({ key: charge(key).key, used: MAX, windowEndsAt: NOW + 60_000 });

it('a full counter is remembered until its window is over', () => {
  const full = new FullCounters();
  full.add(counter('a'));

  expect(full.endOf(charge('b'), NOW)).toBeUndefined();
  expect(full.endOf(charge('a'), NOW + 59_999)).toBe(NOW + 60_000);
  expect(full.endOf(charge('a'), NOW + 60_000)).toBeUndefined();
});

it('a counter that is full for one charge has room for one with a higher max', () => {
  const full = new FullCounters();
  full.add(counter('a'));

  expect(full.endOf({ ...charge('a'), max: MAX + 1 }, NOW)).toBeUndefined();
  expect(full.endOf(charge('a'), NOW)).toBe(NOW + 60_000);
});

it('of more than ten thousand full counters the oldest are forgotten', () => {
  const full = new FullCounters();
  for (let index = 0; index < 12_000; index++) {
    full.add(counter(index));
    full.add(counter('again'));
  }

  const isRemembered = (key: string | number) => full.endOf(charge(key), NOW) !== undefined;
  expect([2000, 2001, 11_999, 'again'].map(isRemembered)).toEqual([false, true, true, true]);
});
