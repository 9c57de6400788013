import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync } from 'node:crypto';
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
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The salts of the keys: the configured secrets, or an empty one. New codes use the first. */
export function saltsOf(configured: readonly string[]): readonly [string, ...string[]] {
  const [first = '', ...others] = configured;
  return [first, ...others];
}

/** The stored form of a session token or a verification token: SHA-256 in lowercase hex. */
export function hashToken(token: string): string {
  return hash('sha256', token);
}

/** The keyed hash that a check compares in the database: an HMAC of purpose, number and code. */
export function hashSecurityCode(binding: CodeBinding, securityCode: string, salt: string): string {
  return (
    VERSION +
    createHmac('sha256', deriveKey(binding, salt, 'security_code'))
      .update(encode(binding.purpose, binding.phoneNumber, securityCode))
      .digest('hex')
  );
}

/** Encrypts a code for a later resend: AES-256-GCM, with purpose and number as associated data. */
export function sealSecurityCode(binding: CodeBinding, securityCode: string, salt: string): string {
  const nonce = randomNonce(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(binding, salt, 'sealed_code'), nonce);
  cipher.setAAD(encode(binding.purpose, binding.phoneNumber));
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
  const key = deriveKey(binding, salt, 'sealed_code');
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

/** Derives one key for each use from the client's token, salted with the application's secret if there is one. */
function deriveKey(binding: CodeBinding, salt: string, use: 'security_code' | 'sealed_code'): Buffer {
  return Buffer.from(hkdfSync('sha256', binding.sessionToken, salt, `nestjs-phone-verify ${VERSION}${use}`, KEY_BYTES));
}

/** Prefixes each part with its length, so that no two lists of parts give the same bytes. */
function encode(...parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
