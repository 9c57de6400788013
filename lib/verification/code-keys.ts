import { createHmac } from 'node:crypto';

/** What a key is for. Each use has a key of its own. */
export type KeyUse = 'security_code' | 'sealed_code';

/** HKDF's `info` is this and the use. */
const INFO = 'nestjs-phone-verify 1.';

/**
 * The keys of one session: HKDF with SHA-256 (RFC 5869) of its token, 32 bytes for each use. HKDF's first step is the same
 * for all keys and runs once. With `hkdfSync`, which cannot share it, both keys of a register request take five times as
 * long.
 */
export class CodeKeys {
  readonly #extracted: Buffer;

  /**
   * @param sessionToken - Only the client has it.
   * @param salt - The application's secret, or an empty string.
   */
  constructor(sessionToken: string, salt: string) {
    this.#extracted = hmac(salt, sessionToken);
  }

  /** The key for a use. It is as long as the hash, so it is the first block of HKDF's output. */
  of(use: KeyUse): Buffer {
    return hmac(this.#extracted, `${INFO}${use}\x01`);
  }
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
