import type { PhoneVerifyCodeFormat } from '../responses.js';
import { toAsciiDigits } from './digits.js';

/** What may stand between the digits of a code: white space, invisible characters, punctuation. */
const SEPARATORS = /[\s\p{Cf}\p{P}]/gu;

/** Digits in groups, with one separator between two groups. */
const GROUPS = /\d+(?:[\s\p{Pd}.·]\d+)*/gu;

/**
 * The code, or the beginning of one, in a text that was typed or pasted, such as a whole message.
 *
 * @returns `undefined` if the text has something else, or could mean several codes.
 */
export function readCode(text: string, length: number, format: PhoneVerifyCodeFormat): string | undefined {
  return format === 'numeric' ? readDigits(toAsciiDigits(text), length) : readWord(text, length);
}

function readDigits(text: string, length: number): string | undefined {
  const plain = text.replace(SEPARATORS, '');
  if (/^\d*$/.test(plain)) return plain.length > length ? undefined : plain;
  const grouped = (text.match(GROUPS) ?? []).map((group) => group.replace(SEPARATORS, ''));
  return onlyOneOf(text.match(/\d+/g) ?? [], length) ?? onlyOneOf(grouped, length);
}

/** In a sentence, punctuation may follow a code, or be a part of it, and what has no digit is a word. */
function readWord(text: string, length: number): string | undefined {
  const plain = text.replace(/[\s\p{Cf}]/gu, '');
  if (plain.length <= length) return plain;
  const words = (text.match(/[^\s\p{Cf}]+/gu) ?? []).filter((word) => /\d/.test(word));
  return onlyOneOf([...words, ...words.map((word) => word.replace(/^\p{P}+|\p{P}+$/gu, ''))], length);
}

/** The text of the given length, if there is exactly one. */
function onlyOneOf(texts: readonly string[], length: number): string | undefined {
  const [found, ...others] = new Set(texts.filter((text) => text.length === length));
  return others.length === 0 ? found : undefined;
}
