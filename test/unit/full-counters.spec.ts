import { expect, it } from 'vitest';
import { FullCounters } from '../../lib/limits/full-counters.js';

const NOW = 1_800_000_000_000;
const MAX = 10;
const charge = (key: string | number) => ({ key: `perIp:60:${key}`, max: MAX, windowMs: 60_000 });
const counter = (key: string | number) => ({ key: charge(key).key, used: MAX, windowEndsAt: NOW + 60_000 });

function fill(full: FullCounters, key: string | number): void {
  full.note(charge(key), counter(key));
}

it('a full counter is remembered until its window is over', () => {
  const full = new FullCounters();
  fill(full, 'a');

  expect(full.endOf(charge('b'), NOW)).toBeUndefined();
  expect(full.endOf(charge('a'), NOW + 59_999)).toBe(NOW + 60_000);
  expect(full.endOf(charge('a'), NOW + 60_000)).toBeUndefined();
});

it('a counter that is full for one charge has room for one with a higher max', () => {
  const full = new FullCounters();
  fill(full, 'a');

  expect(full.endOf({ ...charge('a'), max: MAX + 1 }, NOW)).toBeUndefined();
  expect(full.endOf(charge('a'), NOW)).toBe(NOW + 60_000);
});

it('a counter that has room again is forgotten', () => {
  const full = new FullCounters();
  for (const key of ['a', 'b']) fill(full, key);

  full.note(charge('a'), { ...counter('a'), used: MAX - 1 });
  full.note(charge('b'), undefined);

  expect(['a', 'b'].map((key) => full.endOf(charge(key), NOW))).toEqual([undefined, undefined]);
});

it('counters that one message fills do not displace others', () => {
  const full = new FullCounters();
  fill(full, 'a');
  const cooldown = (index: number) => ({ ...charge(index), max: 1 });
  for (let index = 0; index < 20_000; index++) full.note(cooldown(index), counter(index));

  expect(full.endOf(charge('a'), NOW)).toBe(NOW + 60_000);
  expect([9999, 10_000].map((index) => full.endOf(cooldown(index), NOW))).toEqual([undefined, NOW + 60_000]);
});

it('of more than ten thousand full counters the oldest are forgotten', () => {
  const full = new FullCounters();
  for (let index = 0; index < 12_000; index++) {
    fill(full, index);
    fill(full, 'again');
  }

  const isRemembered = (key: string | number) => full.endOf(charge(key), NOW) !== undefined;
  expect([2000, 2001, 11_999, 'again'].map(isRemembered)).toEqual([false, true, true, true]);
});
