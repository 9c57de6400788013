import { expect, it } from 'vitest';
import { RefusedAddresses } from '../../lib/limits/refused-addresses.js';

const NOW = 1_800_000_000_000;
const charge = (key: string | number) => ({ key: `perIp:60:${key}`, windowMs: 60_000 });

it('a refused address is remembered until its window has ended', () => {
  const refused = new RefusedAddresses();
  refused.add(charge('a').key, NOW + 60_000);

  expect(refused.endOf(charge('b'), NOW)).toBeUndefined();
  expect(refused.endOf(charge('a'), NOW + 59_999)).toBe(NOW + 60_000);
  expect(refused.endOf(charge('a'), NOW + 60_000)).toBeUndefined();
});

it('the oldest refused addresses are removed when there are more than ten thousand', () => {
  const refused = new RefusedAddresses();
  for (let index = 0; index < 12_000; index++) {
    refused.add(charge(index).key, NOW + 60_000);
    refused.add(charge('again').key, NOW + 60_000);
  }

  const isRemembered = (key: string | number) => refused.endOf(charge(key), NOW) !== undefined;
  expect([2000, 2001, 11_999, 'again'].map(isRemembered)).toEqual([false, true, true, true]);
});
