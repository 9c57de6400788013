import { findUnsupportedCharacter, septetsOf } from './gsm-7.js';

/**
 * How many segments a text takes.
 *
 * @publicApi
 */
export interface MessageSegments {
  /** Segments of the text, each billed as one message; 1 for an empty text. */
  readonly count: number;
  /** `gsm-7` if that alphabet has every character of the text, otherwise `ucs-2` for the whole text. */
  readonly encoding: 'gsm-7' | 'ucs-2';
  /** Length of the text: septets of GSM-7, where `{ } [ ] \ ^ ~ | €` and the form feed take two, or units of UTF-16. */
  readonly units: number;
  /** Units that still fit into the last segment. */
  readonly unitsLeft: number;
  /** The first character that GSM-7 does not have, if there is one: it makes the text `ucs-2`. */
  readonly unsupportedCharacter?: string;
}

/** Units that fit into the only segment of a text, and into each of several, which begin with a header. */
const CAPACITY = {
  'gsm-7': { single: 160, several: 153 },
  'ucs-2': { single: 70, several: 67 },
} as const;

/**
 * Counts the segments of a text. A character of two units is never split between two segments. The national shift
 * tables of GSM-7 are not used, nor the replacements that some providers make.
 *
 * @publicApi
 */
export function segments(text: string): MessageSegments {
  const unsupportedCharacter = findUnsupportedCharacter(text);
  const encoding = unsupportedCharacter === undefined ? 'gsm-7' : 'ucs-2';
  const sizes = Array.from(text, (character) => (encoding === 'ucs-2' ? character.length : septetsOf(character)));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { single, several } = CAPACITY[encoding];
  const packed = units <= single ? { count: 1, unitsLeft: single - units } : pack(sizes, several);
  return { ...packed, encoding, units, ...(unsupportedCharacter !== undefined && { unsupportedCharacter }) };
}

/** Fills one segment after the other. */
function pack(sizes: readonly number[], capacity: number): Pick<MessageSegments, 'count' | 'unitsLeft'> {
  let count = 1;
  let unitsLeft = capacity;
  for (const size of sizes) {
    if (size > unitsLeft) {
      count += 1;
      unitsLeft = capacity;
    }
    unitsLeft -= size;
  }
  return { count, unitsLeft };
}
