import { toAsciiDigits } from './digits.js';

/** A typed number in ASCII digits, without punctuation, invisible characters and `tel:`; `00` means `+`. */
export function plainNumber(text: string): string {
  // An empty field must not wait for the expressions below, which take long to compile.
  if (/^\+?[1-9]*$/.test(text)) return text;
  const plain = text
    .normalize('NFKC')
    .replace(/^\s*tel:/i, '')
    .replace(/[\s\p{Cf}()./‐-―−ー-]/gu, '');
  return toAsciiDigits(plain).replace(/^00/, '+');
}
