/** A decimal digit of any script but the ASCII ones. */
export const DIGIT_OF_ANOTHER_SCRIPT = /(?![0-9])\p{Nd}/gu;

/** The ASCII digit with the same value. */
export function toAsciiDigit(digit: string): string {
  // Unicode encodes the digits of a script as ten code points in a row, from 0 to 9.
  let code = (digit.codePointAt(0) ?? 0) - 1;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code))) {
    code -= 1;
    value += 1;
  }
  return String(value % 10);
}
