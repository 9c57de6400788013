import { hash } from 'node:crypto';

/**
 * A bitmap of hashed client addresses. At most 52 bits, so that it is exact as a number in JavaScript and in every store.
 */
export type AddressBitmap = number;

const BITS = 52;

/** Bitwise operators have 32 bits, so a bitmap is split into two halves. */
export const HALF = 2 ** (BITS / 2);

/** The bitmap of one bucket of addresses; empty without one. */
export function bitmapOf(bucket: string | undefined): AddressBitmap {
  if (bucket === undefined) return 0;
  const firstBytes = hash('sha256', bucket).slice(0, 8);
  return 2 ** (Number.parseInt(firstBytes, 16) % BITS);
}

/** The bitmap of the addresses in either of two. */
export function unionOf(one: AddressBitmap, other: AddressBitmap): AddressBitmap {
  const high = Math.floor(one / HALF) | Math.floor(other / HALF);
  const low = (one % HALF) | (other % HALF);
  return high * HALF + low;
}

/**
 * Estimates how many addresses set the bits of a bitmap (linear counting). Fewer than 10 addresses never count as 10. If
 * every bit is set, the estimate is infinite.
 */
export function estimateAddresses(bitmap: AddressBitmap): number {
  let clear = 0;
  for (let bit = 0; bit < BITS; bit++) if (Math.floor(bitmap / 2 ** bit) % 2 === 0) clear += 1;
  return BITS * Math.log(BITS / clear);
}
