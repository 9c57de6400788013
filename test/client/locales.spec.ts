import { describe, expect, it } from 'vitest';
import { LOCALES, localeFor } from '../../lib/client/element/languages.js';
import { textsOf } from '../../lib/client/element/locale-texts.js';
import {
  PhoneVerifyClientError,
  type PhoneVerifyClientErrorCode,
  type PhoneVerifyLocale,
} from '../../lib/client/index.js';
import english from '../../lib/client/locales/en.js';
import { SHIPPED_TEXTS } from '../../lib/message/shipped-texts.js';

/** A text of a language, or its plural forms by category. */
type Entry = readonly [name: string, text: string | Readonly<Record<string, string>>];

/** Counts that a text may have. */
const COUNTS = Array.from({ length: 201 }, (_, count) => count);

/** Words that some languages have in common with English. */
const SHARED = new Set(['code']);

const translations = await Promise.all(
  Object.entries(LOCALES).map(async ([tag, load]) => [tag, (await load()).default] as const),
);
const all: readonly (readonly [string, PhoneVerifyLocale])[] = [['en', english], ...translations];

function entriesOf({ language: _language, errors, ...texts }: PhoneVerifyLocale): Entry[] {
  return Object.entries({ ...texts, ...errors });
}

/** Every text, with those of plural forms. */
function everyText(locale: PhoneVerifyLocale): string[] {
  return entriesOf(locale).flatMap(([, text]) => (typeof text === 'string' ? [text] : Object.values(text)));
}

function placeholdersOf(text: string): string[] {
  return Array.from(text.matchAll(/\{.*?\}/g), ([placeholder]) => placeholder).toSorted();
}

/** The placeholders of a text in English. */
function expectedPlaceholders(wanted: string): string[] {
  const [, text = ''] = entriesOf(english).find(([name]) => name === wanted) ?? [];
  return placeholdersOf(typeof text === 'string' ? text : (text['other'] ?? ''));
}

/** Letters of a script, as Unicode and BCP 47 name them. */
function lettersOf(language: string): RegExp {
  const { script = '' } = new Intl.Locale(language).maximize();
  const parts: Readonly<Record<string, string[]>> = {
    Hans: ['Han'],
    Hant: ['Han'],
    Jpan: ['Han', 'Hiragana', 'Katakana'],
    Kore: ['Hangul'],
  };
  return new RegExp(`[${(parts[script] ?? [script]).map((part) => `\\p{Script=${part}}`).join('')}]`, 'u');
}

describe.each(all)('the texts in %s', (tag, locale) => {
  const rules = new Intl.PluralRules(locale.language);

  it('are in the language of their file', () => {
    // Browsers send `no` as well as `nb`.
    expect(locale.language).toBe(tag === 'no' ? 'nb' : tag);
  });

  it('are complete, and no others', () => {
    const names = (each: PhoneVerifyLocale): string[] => entriesOf(each).map(([name]) => name);

    expect(names(locale).toSorted()).toEqual(names(english).toSorted());
  });

  it('have the plural forms that whole numbers need, and no others', () => {
    const needed = [...new Set([...COUNTS.map((count) => rules.select(count)), 'other'])].toSorted();

    for (const [name, forms] of entriesOf(locale)) {
      const categories = typeof forms === 'string' ? needed : Object.keys(forms).toSorted();
      expect({ name, categories }).toEqual({ name, categories: needed });
    }
  });

  it('contain the values that the English ones contain', () => {
    for (const [name, text] of entriesOf(locale)) {
      for (const [category, form] of Object.entries(typeof text === 'string' ? { '': text } : text)) {
        // A form for one number only may have it as a word, such as "One try left."
        const isForOne = COUNTS.filter((count) => rules.select(count) === category).length === 1;
        const expected = isForOne && !form.includes('{') ? [] : expectedPlaceholders(name);
        expect({ name, form, placeholders: placeholdersOf(form) }).toEqual({ name, form, placeholders: expected });
      }
    }
  });

  it('are written in the script of the language, composed and trimmed', () => {
    const letters = lettersOf(locale.language);

    for (const text of everyText(locale)) {
      expect(text).toMatch(letters);
      expect(text).toBe(text.normalize('NFC').trim());
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e-\u200f\u202a-\u202e\u2060-\u2069\ufeff]| {2}|\.\.\./u);
    }
  });

  it('end a sentence as the English ones do, and a label without a full stop', () => {
    const full = /[.।。۔]$/u;
    for (const [name, text] of entriesOf(locale)) {
      const [, original = ''] = entriesOf(english).find(([each]) => each === name) ?? [];
      if (typeof text !== 'string' || typeof original !== 'string' || tag === 'th') continue;
      expect({ name, text, isSentence: full.test(text) }).toEqual({ name, text, isSentence: full.test(original) });
    }
  });
});

describe.each(translations)('the texts in %s', (_tag, locale) => {
  it('are translated', () => {
    const original = new Map(entriesOf(english).map(([name, text]) => [name, JSON.stringify(text)]));
    const same = entriesOf(locale).filter(([name, text]) => original.get(name) === JSON.stringify(text));

    expect(same.map(([name]) => name).filter((name) => !SHARED.has(name))).toEqual([]);
  });
});

describe('the text for a wrong code', () => {
  const wrong = (locale: PhoneVerifyLocale, attemptsLeft?: number): string => {
    const code: PhoneVerifyClientErrorCode = 'security_code_invalid';
    const text = textsOf(locale).errors[code];
    return typeof text === 'string' ? text : text(new PhoneVerifyClientError(code, '', { attemptsLeft }));
  };

  it('says how many tries are left, in the form that the number needs', () => {
    expect(wrong(english)).toBe('That code is not right.');
    expect(wrong(english, 1)).toBe('That code is not right. One try left.');
    expect(wrong(english, 2)).toBe('That code is not right. 2 tries left.');
  });
});

describe('a number in a text', () => {
  it.each([
    ['pl', 2, 'Kod wygaśnie za 2 minuty.'],
    ['pl', 5, 'Kod wygaśnie za 5 minut.'],
    ['pl', 22, 'Kod wygaśnie za 22 minuty.'],
    ['ru', 21, 'Срок действия кода истечёт через 21 минуту.'],
    ['ru', 11, 'Срок действия кода истечёт через 11 минут.'],
    ['sl', 2, 'Koda poteče čez 2 minuti.'],
    ['ar', 2, 'تنتهي صلاحية الرمز خلال دقيقتين.'],
    ['ar', 10, 'تنتهي صلاحية الرمز خلال 10 دقائق.'],
    ['ja', 1, 'コードの有効期限はあと 1 分です。'],
  ])('in %s has the form for %i', async (tag, minutes, text) => {
    const locale = new Map(all).get(tag);

    expect(locale && textsOf(locale).codeExpiresIn(minutes)).toBe(text);
  });
});

describe('the text for a code that has ended', () => {
  it.each([
    ['en', 'The code has expired. Request a new code to continue.'],
    ['ja', 'コードの有効期限が切れました。続けるには新しいコードを取得してください。'],
    ['hi', 'कोड की समय-सीमा समाप्त हो गई है। जारी रखने के लिए नया कोड माँगें।'],
    ['th', 'รหัสหมดอายุแล้ว ขอรหัสใหม่เพื่อดำเนินการต่อ'],
  ])('says in %s what has ended and what to do', (tag, text) => {
    const locale = new Map(all).get(tag);

    expect(locale && textsOf(locale).errors.security_code_expired).toBe(text);
  });
});

describe('the texts for a language', () => {
  it('exist in every language of the messages', () => {
    expect(['en', ...Object.keys(LOCALES)].toSorted()).toEqual(Object.keys(SHIPPED_TEXTS).toSorted());
  });

  it.each([
    ['de-AT', 'de'],
    ['en-GB', 'en'],
    ['pt-AO', 'pt'],
    ['pt', 'pt'],
    ['pt-br', 'pt-BR'],
    ['zh', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-Hant-HK', 'zh-Hant'],
    ['sr', 'sr'],
    ['sr-Latn-RS', 'sr-Latn'],
    ['sr-ME', 'sr-Latn'],
    ['no', 'no'],
    ['iw', 'he'],
    ['tl', 'fil'],
    ['eo', 'en'],
  ])('%s are those in %s', (language, tag) => {
    expect(localeFor(language)).toBe(tag);
  });
});
