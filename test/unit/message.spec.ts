import { describe, expect, it } from 'vitest';
import { placeholdersOf, renderMessage } from '../../lib/message/message-template.js';
import { preferredLanguage, preferredLanguages } from '../../lib/message/language.js';

describe('a message', () => {
  it('replaces every occurrence of a placeholder', () => {
    expect(renderMessage('{a}-{b}-{a}', { a: '1', b: '2' })).toBe('1-2-1');
  });

  it('renders $&, $1 and $$ literally', () => {
    expect(renderMessage('Hi {app}', { app: "$& $1 $$ $' $`" })).toBe("Hi $& $1 $$ $' $`");
  });

  it('does not expand placeholders inside a value', () => {
    expect(renderMessage('{app} {security_code}', { app: '{security_code}{app}', security_code: '1' })).toBe(
      '{security_code}{app} 1',
    );
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'])(
    'does not render inherited properties: %s',
    (name) => {
      expect(renderMessage(`[{${name}}]`, {})).toBe('[]');
    },
  );

  it.each(['\n', '\r\n', '\r', '\u2028', '\u2029', '\u0085', '\v', '\f'])(
    'replaces the line break %j in a value, so that no value can forge a line',
    (lineBreak) => {
      expect(renderMessage('Hi {name}', { name: `Ada${lineBreak}@evil.com #123456` })).toBe('Hi Ada @evil.com #123456');
    },
  );

  it.each(['{name} {security_code}', 'Hi\n{name} {security_code}', 'Hi\r \n {empty}{name} {security_code}'])(
    'prevents a value from beginning a line of %j with @',
    (template) => {
      const values = { security_code: '123456', empty: '' };
      const message = renderMessage(template, { ...values, name: '@@ @evil.com #123456' });

      expect(message).toBe(renderMessage(template, { ...values, name: 'evil.com #123456' }));
      expect(renderMessage(`Hi, ${template}`, { ...values, name: '@ada' }).includes('@ada')).toBe(
        !template.includes('\n'),
      );
    },
  );

  it("keeps an @ of the application's name and of the code", () => {
    expect(renderMessage('{app}\n{security_code}', { app: '@home', security_code: '@123' })).toBe('@home\n@123');
  });

  it('keeps the line breaks of its template', () => {
    expect(renderMessage('{app}\n\n{app}', { app: 'x' })).toBe('x\n\nx');
  });

  it.each([undefined, null, 7, {}, [], () => 'x'])('renders %s as nothing', (value) => {
    expect(renderMessage('[{name}]', { name: value })).toBe('[]');
  });

  it('keeps unpaired braces', () => {
    expect(renderMessage('{ } } { {a}', { a: '1', ' ': '' })).toBe(' } { 1');
  });

  it('lists the placeholders that it uses, each once', () => {
    expect(placeholdersOf('{a} {b} {a} {} {{c}}')).toEqual(['a', 'b', '', 'c']);
  });
});

describe('the preferred language', () => {
  it.each([
    ['en', 'en'],
    ['pt-BR', 'pt-BR'],
    ['zh-Hant-TW,zh;q=0.5', 'zh-Hant-TW'],
    ['en;q=0.5,fr;q=0.8', 'fr'],
    ['en;q=0.5,fr;q=0.5', 'en'],
    ['*,de', 'de'],
    ['', undefined],
    ['*', undefined],
    ['de;q=0', undefined],
    ['de;q=-1', undefined],
    ['de;q=x', undefined],
    ['de;q=NaN', undefined],
    ['de;q=Infinity', undefined],
    ['de;q=1.1', undefined],
    ['de;q=', undefined],
    ['de;Q=0.2,fr;q=0.3', 'fr'],
    ['de;level=1', 'de'],
    ['a', undefined],
    ['e n', undefined],
    ['../../etc', undefined],
    ['<script>', undefined],
    ['x'.repeat(40), undefined],
  ])('is for %j: %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });

  it('is undefined for a missing value or a value that is not a text', () => {
    expect(preferredLanguage(undefined)).toBeUndefined();
    expect(preferredLanguage(7 as never)).toBeUndefined();
  });
});

it('the preferred languages are the first ten by descending quality', () => {
  expect(preferredLanguages('en;q=0.1, *;q=0.9, ../../x, de;q=0.5, pt-BR, fr;q=0.5')).toEqual([
    'pt-BR',
    'de',
    'fr',
    'en',
  ]);
  expect(preferredLanguages(Array.from({ length: 300 }, () => 'aa').join(','))).toHaveLength(10);
  expect(preferredLanguages(`en,${' '.repeat(1000)}`)).toEqual([]);
});
