/** Maximum length of a header that is parsed; a browser's has fewer than 100 characters. */
const MAX_HEADER_LENGTH = 1000;

/** Maximum of languages that are used; a browser sends a few. */
const MAX_LANGUAGES = 10;

/** The shape of a language tag (RFC 5646), no longer than 35 characters (section 4.4.1). */
const LANGUAGE_TAG = /^(?=.{1,35}$)[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;

/**
 * The languages a person prefers, from a tag or an `Accept-Language` list: the well-formed tags, by descending quality.
 * `*` is ignored.
 */
export function preferredLanguages(languages: string | undefined): string[] {
  if (typeof languages !== 'string' || languages.length > MAX_HEADER_LENGTH) return [];
  return languages
    .split(',')
    .map(readRange)
    .filter(({ tag, quality }) => quality > 0 && quality <= 1 && LANGUAGE_TAG.test(tag))
    .toSorted((one, other) => other.quality - one.quality)
    .slice(0, MAX_LANGUAGES)
    .map(({ tag }) => tag);
}

/** The first of {@link preferredLanguages}; `undefined` if there is none. */
export function preferredLanguage(languages: string | undefined): string | undefined {
  return preferredLanguages(languages)[0];
}

function readRange(range: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => /^q=/i.test(parameter));
  return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
}
