/** Converts the digits of every script to ASCII. */
export function toAsciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => String(valueOf(digit)));
}

/** Unicode encodes the digits of a script as ten code points in a row, from 0 to 9. */
function valueOf(digit: string): number {
  let code = (digit.codePointAt(0) ?? 0) - 1;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code))) {
    code -= 1;
    value += 1;
  }
  return value % 10;
}
