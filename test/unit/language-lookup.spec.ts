import { describe, expect, it, vi } from 'vitest';
import { preferredLanguages } from '../../lib/message/language.js';
import { lookUpText } from '../../lib/message/language-lookup.js';
import { templateFor } from '../../lib/message/message-choice.js';
import { SHIPPED_TEXTS } from '../../lib/message/shipped-texts.js';

/** Texts that contain their own tag. */
function textsIn(...tags: string[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag, tag]));
}

describe('the lookup of a text', () => {
  it.each([
    ['en', ['en'], 'en'],
    ['en-GB', ['en'], 'en'],
    ['EN-gb', ['en', 'en-GB'], 'en-GB'],
    ['en', ['en-GB'], undefined],
    ['pt', ['pt-BR'], undefined],
    ['pt-PT', ['pt', 'pt-BR'], 'pt'],
    ['zh-Hant-TW', ['zh', 'zh-Hant', 'zh-Hant-TW'], 'zh-Hant-TW'],
    ['zh-Hant-TW', ['zh', 'zh-Hant'], 'zh-Hant'],
    ['zh-Hant-TW', ['zh'], 'zh'],
    // The example of RFC 4647: no candidate ends with a single character.
    ['zh-Hant-CN-x-private1-private2', ['zh-Hant-CN-x-private1'], 'zh-Hant-CN-x-private1'],
    ['zh-Hant-CN-x-private1-private2', ['zh-Hant-CN'], 'zh-Hant-CN'],
    ['de-CH-1996-u-co-phonebk', ['de', 'de-CH'], 'de-CH'],
    ['de-x-formal', ['de', 'de-x-formal'], 'de-x-formal'],
    // Implied scripts.
    ['zh-TW', ['zh', 'zh-Hans', 'zh-Hant'], 'zh-Hant'],
    ['zh-HK', ['zh-Hans', 'zh-Hant'], 'zh-Hant'],
    ['zh-TW', ['zh-TW', 'zh-Hant'], 'zh-TW'],
    ['zh-TW', ['zh'], 'zh'],
    ['zh', ['zh-Hans', 'zh-Hant'], 'zh-Hans'],
    ['zh', ['zh', 'zh-Hans'], 'zh'],
    ['zh-SG', ['zh-Hans', 'zh-Hant'], 'zh-Hans'],
    ['sr-ME', ['sr', 'sr-Latn'], 'sr-Latn'],
    ['sr-RS', ['sr', 'sr-Latn'], 'sr'],
    // Renamed languages, and tags that only RFC 5646 knows.
    ['iw-IL', ['he'], 'he'],
    ['in', ['id'], 'id'],
    ['tl', ['fil'], 'fil'],
    ['sh', ['sr', 'sr-Latn'], 'sr-Latn'],
    ['zh-min-nan', ['zh'], 'zh'],
    ['zh-cmn-Hant', ['zh-Hans'], 'zh-Hans'],
    // Several languages, in the order of preference.
    ['fr, de;q=0.9, en;q=0.8', ['en', 'de'], 'de'],
    ['en;q=0.1, de-AT;q=0.2', ['en', 'de'], 'de'],
    ['fr, *, de', ['de'], 'de'],
    ['de;q=0, en;q=0.1', ['de', 'en'], 'en'],
    // No usable language.
    ['*', ['en'], undefined],
    ['und', ['en'], undefined],
    ['abcd', ['en'], undefined],
    ['fr', [], undefined],
    ['constructor, valueOf, toString, __proto__', ['en'], undefined],
    ['../../en', ['en'], undefined],
    ['en\u0000', ['en'], undefined],
  ] as const)('finds for %j among %j the text in %s', (header, tags, expected) => {
    expect(lookUpText(preferredLanguages(header), textsIn(...tags))).toBe(expected);
  });

  it('ignores inherited properties', () => {
    expect(lookUpText(['valueof', 'en'], Object.create({ en: 'x', valueof: 'x' }))).toBeUndefined();
  });
});

it.each([
  'x'.repeat(10_000),
  `en-${'a-'.repeat(5000)}`,
  `${'en,'.repeat(3000)}de`,
  Array.from({ length: 1000 }, (_, index) => `a${String.fromCodePoint(97 + (index % 26))}`).join(','),
  '../../x',
  '__proto__',
  '*',
  'de;q=NaN',
  '-'.repeat(900),
  `a${'-1'.repeat(450)}`,
  ';'.repeat(1000),
  ','.repeat(1000),
])('the header %.20s… selects the default text in linear time', (header) => {
  const start = performance.now();
  for (let time = 0; time < 100; time++) {
    expect(templateFor(header, { message: undefined, messages: {} })).toBe(SHIPPED_TEXTS.en);
  }

  // A hundred repetitions would take seconds if the time were not linear.
  expect(performance.now() - start).toBeLessThan(1000);
});

it('the cache of language tags does not grow with made-up tags', () => {
  const asked = vi.spyOn(Intl.Locale.prototype, 'maximize');
  const asksFor = (tag: string): boolean => {
    asked.mockClear();
    lookUpText([tag], textsIn('zh'));
    return asked.mock.calls.length > 0;
  };
  asksFor('zh-TW');

  expect(asksFor('zh-TW')).toBe(false);
  for (let index = 0; index < 600; index++) asksFor(`en-x-${index}`);
  expect(asksFor('zh-TW')).toBe(true);
  asked.mockRestore();
});

describe('the template for a person', () => {
  const messages = { en: 'own en', 'pt-BR': 'own pt-BR' };
  const message = 'own';

  it.each([
    ['pt-BR', { messages, message }, 'own pt-BR'],
    ['pt-BR', { messages, message: undefined }, 'own pt-BR'],
    ['de', { messages, message }, 'own'],
    [undefined, { messages, message }, 'own'],
    ['de', { messages: {}, message }, 'own'],
    ['de', { messages, message: undefined }, SHIPPED_TEXTS.de],
    ['de, en;q=0.1', { messages, message: undefined }, 'own en'],
    ['tlh', { messages, message: undefined }, 'own en'],
    [undefined, { messages, message: undefined }, 'own en'],
    [undefined, { messages: { 'pt-BR': 'own pt-BR' }, message: undefined }, SHIPPED_TEXTS.en],
    ['de', { messages: {}, message: undefined }, SHIPPED_TEXTS.de],
    ['no-NO', { messages: {}, message: undefined }, SHIPPED_TEXTS.nb],
    ['zh-HK', { messages: {}, message: undefined }, SHIPPED_TEXTS['zh-Hant']],
    ['tlh', { messages: {}, message: undefined }, SHIPPED_TEXTS.en],
    [undefined, { messages: {}, message: undefined }, SHIPPED_TEXTS.en],
  ])('is for %s with %o: %j', (languages, own, template) => {
    expect(templateFor(languages, own)).toBe(template);
  });
});
