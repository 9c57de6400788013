import { describe, expect, it } from 'vitest';
import { toAsciiDigits } from '../../lib/client/element/digits.js';
import { DIGIT_OF_ANOTHER_SCRIPT, toAsciiDigit } from '../../lib/phone-number/digits.js';

/** The digits from 0 to 9 of every script whose numbers the runtime can format. */
const SCRIPTS = Intl.supportedValuesOf('numberingSystem').flatMap((numberingSystem) => {
  const format = new Intl.NumberFormat('en', { numberingSystem, useGrouping: false });
  const digits = Array.from({ length: 10 }, (_, digit) => format.format(digit));
  return digits.every((digit) => /^\p{Nd}$/u.test(digit)) ? [[numberingSystem, digits.join('')] as const] : [];
});

describe('the digits of', () => {
  it('the runtime are those of dozens of scripts', () => {
    const names = SCRIPTS.map(([numberingSystem]) => numberingSystem);
    expect(names).toEqual(expect.arrayContaining(['arab', 'arabext', 'beng', 'deva', 'khmr', 'mymr', 'thai', 'cakm']));
    expect(names.length).toBeGreaterThan(50);
  });

  it.each(SCRIPTS)('%s become those of ASCII, in a number and in a code', (_numberingSystem, digits) => {
    expect(digits.replace(DIGIT_OF_ANOTHER_SCRIPT, toAsciiDigit)).toBe('0123456789');
    expect(toAsciiDigits(digits)).toBe('0123456789');
  });
});

it('what is not a digit stays', () => {
  expect(toAsciiDigits('Ab-٣ ½²①٪')).toBe('Ab-3 ½²①٪');
});
