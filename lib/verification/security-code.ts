import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import { MAX_CODE_LENGTH } from '../common/code-format.js';
import { randomNonce } from '../common/random.js';

/**
 * What a stored code is bound to. Only the client knows the session token. The table stores its hash, so the keys cannot
 * be derived from the table.
 */
export interface CodeBinding {
  readonly sessionToken: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly purpose: string;
}

const VERSION = '1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;

const NO_SECRET: readonly string[] = [''];

/** The salts of the keys: the configured secrets, or an empty one. */
export function saltsOf(configured: readonly string[]): readonly string[] {
  return configured.length === 0 ? NO_SECRET : configured;
}

/** The stored form of a session token or a verification token: SHA-256 in lowercase hex. */
export function hashToken(token: string): string {
  return hash('sha256', token);
}

/** What the table stores of a code. */
export interface StoredCode {
  /** The keyed hash that a check compares. */
  readonly securityCode: string;
  /** The encrypted code, for a resend. */
  readonly sealedCode: string;
}

/** The stored forms of a new code. */
export function storedForms(binding: CodeBinding, securityCode: string, salt: string): StoredCode {
  const keys = new CodeKeys(binding.sessionToken, salt);
  return { securityCode: hashWith(keys, binding, securityCode), sealedCode: sealWith(keys, binding, securityCode) };
}

/** The keyed hash that a check compares in the database: an HMAC of purpose, number and code. */
export function hashSecurityCode(binding: CodeBinding, securityCode: string, salt: string): string {
  return hashWith(new CodeKeys(binding.sessionToken, salt), binding, securityCode);
}

function hashWith(keys: CodeKeys, { purpose, phoneNumber }: CodeBinding, securityCode: string): string {
  const keyed = createHmac('sha256', keys.of('security_code'));
  return VERSION + keyed.update(encode(purpose, phoneNumber, securityCode)).digest('hex');
}

/** Encrypts a code: AES-256-GCM, with purpose and number as associated data. */
function sealWith(keys: CodeKeys, { purpose, phoneNumber }: CodeBinding, securityCode: string): string {
  const nonce = randomNonce(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keys.of('sealed_code'), nonce);
  cipher.setAAD(encode(purpose, phoneNumber));
  const sealed = Buffer.concat([cipher.update(securityCode.padEnd(MAX_CODE_LENGTH), 'ascii'), cipher.final()]);
  return VERSION + Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Opens a sealed code with the first of `salts` that fits; `null` when none does. */
export function unsealSecurityCode(binding: CodeBinding, sealedCode: string, salts: readonly string[]): string | null {
  if (!sealedCode.startsWith(VERSION)) return null;
  const bytes = Buffer.from(sealedCode.slice(VERSION.length), 'base64url');
  if (bytes.length !== NONCE_BYTES + MAX_CODE_LENGTH + TAG_BYTES) return null;
  for (const salt of salts) {
    const code = open(binding, bytes, salt);
    if (code !== null) return code;
  }
  return null;
}

function open(binding: CodeBinding, bytes: Buffer, salt: string): string | null {
  const key = new CodeKeys(binding.sessionToken, salt).of('sealed_code');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(encode(binding.purpose, binding.phoneNumber));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const padded = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return padded.toString('ascii').trimEnd();
  } catch {
    return null;
  }
}

/** What a key is for. Each use has a key of its own. */
export type KeyUse = 'security_code' | 'sealed_code';

/** HKDF's `info` is this and the use. */
const INFO = `nestjs-phone-verify ${VERSION}`;

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

/** Prefixes each part with its length in four bytes, so that no two lists of parts give the same bytes. */
function encode(...parts: readonly string[]): Buffer {
  const bytes = Buffer.alloc(parts.reduce((total, part) => total + LENGTH_BYTES + Buffer.byteLength(part), 0));
  let offset = 0;
  for (const part of parts) {
    const length = bytes.write(part, offset + LENGTH_BYTES);
    bytes.writeUInt32BE(length, offset);
    offset += LENGTH_BYTES + length;
  }
  return bytes;
}
