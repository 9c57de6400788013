/** Longest code. Codes are padded to this length before they are encrypted, so that the ciphertext hides their length. */
export const MAX_CODE_LENGTH = 32;

/** What a code consists of, which decides how a form reads it: ASCII digits only, or any characters. */
export type CodeFormat = 'numeric' | 'text';

/** Shortest code that a backend may generate. */
export const MIN_CODE_LENGTH = 4;

/** Whether a text can be a code: 4 to 32 printable ASCII characters without spaces. */
export function isSecurityCode(text: string): boolean {
  return text.length >= MIN_CODE_LENGTH && text.length <= MAX_CODE_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

/** The format of a code. */
export function formatOfCode(securityCode: string): CodeFormat {
  return /^[0-9]+$/.test(securityCode) ? 'numeric' : 'text';
}
