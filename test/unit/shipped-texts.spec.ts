import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { segments } from '../../lib/index.js';
import { withAutofill } from '../../lib/message/autofill.js';
import { renderMessage } from '../../lib/message/message-template.js';
import { SHIPPED_TEXTS } from '../../lib/message/shipped-texts.js';

const APP = 'TenLetters';
const CODE = '123456';
/** With a domain of 15 letters. A message of 70 units is too short for the hash of an Android application. */
const AUTOFILL = { domain: 'example-app.com', androidAppHash: undefined };
const TEXTS = Object.entries(SHIPPED_TEXTS);
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];
/** Languages whose text consists of GSM-7 characters. */
const GSM_7 = 'ca da de en es et fi fil fr hr id it lt lv ms nb nl nn no pl ro sl sr-Latn sv sw tr'.split(' ');

function render(template: string, app = APP): string {
  return renderMessage(template, { app, security_code: CODE });
}

describe.each(TEXTS)('the text in %s', (language, template) => {
  it('is one segment long, with and without the autofill line', () => {
    const { count, encoding, units } = segments(withAutofill(render(template), CODE, AUTOFILL));

    expect({ count, encoding }).toEqual({ count: 1, encoding: GSM_7.includes(language) ? 'gsm-7' : 'ucs-2' });
    expect(units).toBeLessThanOrEqual(encoding === 'gsm-7' ? 160 : 70);
    expect(segments(render(template))).toMatchObject({ count: 1, encoding });
  });

  it('has one placeholder for the code and one for the name, and no other', () => {
    const names = Array.from(template.matchAll(/\{([^}]*)\}/g), ([, name]) => name);

    expect(names).toHaveLength(2);
    expect(new Set(names)).toEqual(new Set(['app', 'security_code']));
  });

  it('is one line of composed, visible characters', () => {
    expect(template).toBe(template.normalize('NFC').trim());
    expect(template).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00a0]| {2}/u);
  });

  it('does not begin with the name, which could begin with @', () => {
    expect(template).not.toMatch(/^\{app\}/);
    expect(render(template, '@home')).not.toMatch(/^@/);
  });

  it("fits Android's SMS Retriever with both lines for autofill", () => {
    const autofill = { domain: 'example.com', androidAppHash: 'FA+9qCX9VSu' };

    expect(Buffer.byteLength(withAutofill(render(template), CODE, autofill))).toBeLessThanOrEqual(140);
  });

  it('has the direction of its language', () => {
    const [firstLetter = ''] = /\p{Letter}/u.exec(render(template)) ?? [];

    expect(/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(firstLetter)).toBe(RIGHT_TO_LEFT.includes(language));
  });
});

describe('the shipped texts', () => {
  it('are in at least 24 languages, sorted by canonical tags', () => {
    const tags = TEXTS.map(([tag]) => tag);

    expect(new Set(tags.map((tag) => new Intl.Locale(tag).language)).size).toBeGreaterThanOrEqual(24);
    expect(tags).toEqual(Intl.getCanonicalLocales(tags));
    expect(tags).toEqual(tags.toSorted());
    expect(tags).toEqual(expect.arrayContaining(RIGHT_TO_LEFT));
  });

  it('differ, except for the two tags of Bokmål', () => {
    expect(new Set(Object.values(SHIPPED_TEXTS)).size).toBe(TEXTS.length - 1);
  });

  it('are listed in docs/messages.md', () => {
    const page = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8');
    const [, list = ''] = /The library's own texts are in (.*?)\. /.exec(page) ?? [];

    expect(Array.from(list.matchAll(/`([^`]+)`/g), ([, tag]) => tag)).toEqual(TEXTS.map(([tag]) => tag));
  });
});
