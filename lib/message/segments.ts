/**
 * What a text costs to send.
 *
 * @publicApi
 */
export interface MessageSegments {
  /** Segments that the text takes, each billed as a message; 1 for an empty text. */
  readonly count: number;
  /** `gsm-7` while every character is in that alphabet; one that is not turns the whole text to `ucs-2`. */
  readonly encoding: 'gsm-7' | 'ucs-2';
  /** Length of the text: septets of GSM-7, where `{ } [ ] \ ^ ~ | €` and the form feed take two, or units of UTF-16. */
  readonly units: number;
  /** Units that the last segment has left. */
  readonly unitsLeft: number;
  /** The first character outside GSM-7: the one that made the text `ucs-2`. */
  readonly culprit?: string;
}

/** 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Section 6.2.1.1: each is an escape and a septet. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Units of a text of one segment, and of each segment of a longer one, which begins with a header. */
const CAPACITY = {
  'gsm-7': { single: 160, several: 153 },
  'ucs-2': { single: 70, several: 67 },
} as const;

/**
 * Counts the segments of a text. A character of two units is never split over two segments. Counted without the
 * national shift tables of GSM-7 and without what some providers put in the place of a character.
 *
 * @publicApi
 */
export function segments(text: string): MessageSegments {
  const characters = Array.from(text);
  const culprit = characters.find((character) => !BASIC.has(character) && !EXTENSION.has(character));
  const encoding = culprit === undefined ? 'gsm-7' : 'ucs-2';
  const costs = characters.map((character) => costOf(character, encoding));
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const { single, several } = CAPACITY[encoding];
  const packed = units <= single ? { count: 1, unitsLeft: single - units } : pack(costs, several);
  return { ...packed, encoding, units, ...(culprit !== undefined && { culprit }) };
}

function costOf(character: string, encoding: MessageSegments['encoding']): number {
  if (encoding === 'ucs-2') return character.length;
  return EXTENSION.has(character) ? 2 : 1;
}

function pack(costs: readonly number[], capacity: number): Pick<MessageSegments, 'count' | 'unitsLeft'> {
  let count = 1;
  let unitsLeft = capacity;
  for (const cost of costs) {
    if (cost > unitsLeft) {
      count += 1;
      unitsLeft = capacity;
    }
    unitsLeft -= cost;
  }
  return { count, unitsLeft };
}
