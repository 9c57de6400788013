import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { RandomSourceError } from '../phone-verify.errors.js';

const TOKEN_BYTES = 32;

/** `randomInt` draws below 2^48. */
const DIGITS_AT_ONCE = 14;

/**
 * Uniformly distributed digits from the system's secure random source, with leading zeros. Six digits have just under 20
 * bits, the minimum of NIST SP 800-63B 5.1.3.2 for an out-of-band code.
 */
export function randomDigits(length: number): string {
  const drawn = Math.min(length, DIGITS_AT_ONCE);
  const digits = generate(() => String(randomInt(10 ** drawn)).padStart(drawn, '0'));
  return drawn === length ? digits : digits + randomDigits(length - drawn);
}

/** 256 random bits as 43 characters of base64url. That is too many to guess, so the table can store a plain SHA-256. */
export function randomToken(): string {
  return generate(() => randomBytes(TOKEN_BYTES).toString('base64url'));
}

/** Whether a value has the form of a {@link randomToken}. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}

/** A random UUID. */
export function randomId(): string {
  return generate(() => randomUUID());
}

/**
 * A UUID of version 7 (RFC 9562): the time in milliseconds, then random bits. Rows that are made one after the other have
 * keys in that order, so that the index of a primary key grows at its end.
 *
 * @param now - Epoch milliseconds.
 */
export function timeOrderedId(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomId().slice(15)}`;
}

/** A nonce for AES-256-GCM. */
export function randomNonce(length: number): Buffer {
  return generate(() => randomBytes(length));
}

/** A whole number of milliseconds below `limit`, as jitter. */
export function randomDelay(limit: number): number {
  return generate(() => randomInt(limit));
}

function generate<T>(draw: () => T): T {
  try {
    return draw();
  } catch (cause) {
    throw new RandomSourceError({ cause });
  }
}
