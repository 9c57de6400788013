/** Longest header that is looked at; a browser's has well under 100 characters. */
const MAX_HEADER_LENGTH = 1000;

/** The shape of a language tag (RFC 5646), no longer than 35 characters (section 4.4.1). */
const LANGUAGE_TAG = /^(?=.{1,35}$)[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;

/**
 * The language a person prefers, from a tag or an `Accept-Language` list: the well-formed tag with the highest quality,
 * the first of several. `undefined` when there is none.
 */
export function preferredLanguage(languages: string | undefined): string | undefined {
  if (typeof languages !== 'string' || languages.length > MAX_HEADER_LENGTH) return undefined;
  const [preferred] = languages
    .split(',')
    .map(readRange)
    .filter(({ tag, quality }) => quality > 0 && LANGUAGE_TAG.test(tag))
    .toSorted((one, other) => other.quality - one.quality);
  return preferred?.tag;
}

function readRange(range: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
}
