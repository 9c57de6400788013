import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { RandomSourceError } from '../phone-verify.errors.js';

const TOKEN_BYTES = 32;

/**
 * Digits drawn evenly from the system's secure source; leading zeros are kept. Six digits carry just under 20 bits,
 * the least that NIST SP 800-63B 5.1.3.2 asks of a code sent out of band.
 */
export function randomDigits(length: number): string {
  return drawn(() => Array.from({ length }, () => randomInt(10)).join(''));
}

/** 256 random bits as 43 characters of base64url: too many to guess, so the table may keep a plain SHA-256 of it. */
export function randomToken(): string {
  return drawn(() => randomBytes(TOKEN_BYTES).toString('base64url'));
}

/** Whether a value can be a token that {@link randomToken} drew. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}

/** A random UUID. */
export function randomId(): string {
  return drawn(() => randomUUID());
}

/** A nonce for AES-256-GCM. */
export function randomNonce(length: number): Buffer {
  return drawn(() => randomBytes(length));
}

/** A whole number of milliseconds below `limit`, to spread what would otherwise happen at once. */
export function randomDelay(limit: number): number {
  return drawn(() => randomInt(limit));
}

function drawn<T>(draw: () => T): T {
  try {
    return draw();
  } catch (cause) {
    throw new RandomSourceError({ cause });
  }
}
