import { toAsciiDigits } from './digits.js';

/** A typed number in ASCII digits, without punctuation, invisible characters and `tel:`; `00` means `+`. */
export function plainNumber(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/^\s*tel:/i, '')
    .replace(/[\s\p{Cf}()./‐-―−ー-]/gu, '');
  return toAsciiDigits(plain).replace(/^00/, '+');
}
