import { describe, expect, it } from 'vitest';
import { type AddressBitmap, bitmapOf, estimateAddresses, unionOf } from '../../lib/limits/address-bitmap.js';

function bitmapOfAll(count: number, address = (index: number) => `198.18.${index >> 8}.${index & 255}`): AddressBitmap {
  return Array.from({ length: count }, (_, index) => bitmapOf(address(index))).reduce(unionOf, 0);
}

/** The smallest bitmap with a number of bits. */
function bits(count: number): AddressBitmap {
  return 2 ** count - 1;
}

describe('the bitmap of addresses', () => {
  it('has one of 52 bits for each address, always the same, and no bit without an address', () => {
    const bitmap = bitmapOf('203.0.113.7');

    expect(Math.log2(bitmap) % 1).toBe(0);
    expect(bitmap).toBeLessThan(2 ** 52);
    expect(bitmapOf('203.0.113.7')).toBe(bitmap);
    expect(bitmapOf(undefined)).toBe(0);
  });

  it('contains every bit of both bitmaps after a union', () => {
    expect(unionOf(2 ** 51 + 1, 2 ** 26 + 2 ** 25 + 1)).toBe(2 ** 51 + 2 ** 26 + 2 ** 25 + 1);
    expect(unionOf(bits(52), bits(52))).toBe(bits(52));
    expect(unionOf(0, 0)).toBe(0);
  });

  it('uses all bits', () => {
    expect(bitmapOfAll(2000)).toBe(bits(52));
  });
});

describe('the estimate of addresses', () => {
  it.each([
    [0, 0],
    [1, 1],
    [5, 5],
    [9, 9],
  ])('is for %i bits %i, so that fewer than 10 addresses never count as 10', (count, floor) => {
    expect(Math.floor(estimateAddresses(bits(count)))).toBe(floor);
  });

  it.each([10, 30, 100])('is about %i for as many addresses', (count) => {
    const estimate = estimateAddresses(bitmapOfAll(count));

    expect(estimate).toBeGreaterThan(count * 0.6);
    expect(estimate).toBeLessThan(count * 1.5);
  });

  it('exceeds every minimum if every bit is set', () => {
    expect(estimateAddresses(bits(52))).toBe(Number.POSITIVE_INFINITY);
  });
});
