import { describe, expect, it } from 'vitest';
import { type MessageSegments, segments } from '../../lib/index.js';

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

function sizeOf(text: string, encoding: MessageSegments['encoding']): number {
  if (encoding === 'ucs-2') return text.length;
  return text.length + Array.from(text).filter((character) => EXTENSION.includes(character)).length;
}

/** A simple reference implementation: cuts the text into segments, character by character. */
function cut(text: string, encoding: MessageSegments['encoding']): { count: number; unitsLeft: number } {
  const [single, several] = encoding === 'ucs-2' ? [70, 67] : [160, 153];
  const size = sizeOf(text, encoding);
  if (size <= single) return { count: 1, unitsLeft: single - size };
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (sizeOf(part + character, encoding) > several) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return { count: parts.length + 1, unitsLeft: several - sizeOf(part, encoding) };
}

describe('the segments of a text', () => {
  it.each([
    ['', { count: 1, encoding: 'gsm-7', units: 0, unitsLeft: 160 }],
    ['a'.repeat(160), { count: 1, encoding: 'gsm-7', units: 160, unitsLeft: 0 }],
    ['a'.repeat(161), { count: 2, encoding: 'gsm-7', units: 161, unitsLeft: 145 }],
    ['a'.repeat(306), { count: 2, encoding: 'gsm-7', units: 306, unitsLeft: 0 }],
    ['a'.repeat(307), { count: 3, encoding: 'gsm-7', units: 307, unitsLeft: 152 }],
    ['€'.repeat(80), { count: 1, encoding: 'gsm-7', units: 160, unitsLeft: 0 }],
    ['€'.repeat(81), { count: 2, encoding: 'gsm-7', units: 162, unitsLeft: 143 }],
    ['ж'.repeat(70), { count: 1, encoding: 'ucs-2', units: 70, unitsLeft: 0, unsupportedCharacter: 'ж' }],
    ['ж'.repeat(71), { count: 2, encoding: 'ucs-2', units: 71, unitsLeft: 63, unsupportedCharacter: 'ж' }],
    ['ж'.repeat(135), { count: 3, encoding: 'ucs-2', units: 135, unitsLeft: 66, unsupportedCharacter: 'ж' }],
    ['It’s', { count: 1, encoding: 'ucs-2', units: 4, unitsLeft: 66, unsupportedCharacter: '’' }],
    ['Hi 👍 ж', { count: 1, encoding: 'ucs-2', units: 7, unitsLeft: 63, unsupportedCharacter: '👍' }],
    ['{€} ж', { count: 1, encoding: 'ucs-2', units: 5, unitsLeft: 65, unsupportedCharacter: 'ж' }],
    ['\ud83d', { count: 1, encoding: 'ucs-2', units: 1, unitsLeft: 69, unsupportedCharacter: '\ud83d' }],
  ])('are for %j: %o', (text, expected) => {
    expect(segments(text)).toEqual(expected);
  });

  it('do not split a character of two septets', () => {
    const text = `${'a'.repeat(152)}€${'a'.repeat(152)}`;

    expect(segments(text)).toMatchObject({ units: 306, count: 3, unitsLeft: 152 });
  });

  it('do not split a character of two units', () => {
    const text = `${'ж'.repeat(66)}👍${'ж'.repeat(66)}`;

    expect(segments(text)).toMatchObject({ units: 134, count: 3, unitsLeft: 66 });
  });

  it('use GSM-7 for every character of its alphabet, and for no other', () => {
    const known = Array.from({ length: 0xd800 }, (_, point) => String.fromCodePoint(point)).filter(
      (character) => segments(character).encoding === 'gsm-7',
    );

    expect(new Set(known)).toEqual(new Set(BASIC + EXTENSION));
    // One of the 128 positions is the escape character.
    expect(BASIC).toHaveLength(127);
    expect(Array.from(BASIC, (character) => segments(character).units)).toEqual(Array.from(BASIC, () => 1));
    expect(Array.from(EXTENSION, (character) => segments(character).units)).toEqual(Array.from(EXTENSION, () => 2));
  });

  it.each(['a', 'a€', '€', 'aж', 'ж👍', '👍', 'a€ж👍'])(
    'are as many as the reference implementation returns for repetitions of %j',
    (pattern) => {
      for (let length = 0; length < 400; length++) {
        const text = Array.from(pattern.repeat(length)).slice(0, length).join('');
        const { encoding, ...counted } = segments(text);

        expect(counted).toMatchObject({ ...cut(text, encoding), units: sizeOf(text, encoding) });
      }
    },
  );
});
