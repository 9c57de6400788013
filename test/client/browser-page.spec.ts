import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CODE_STYLES } from '../../lib/client/element/code-styles.js';
import { STYLES } from '../../lib/client/element/styles.js';
import { PhoneVerifyElement } from '../../lib/client/index.js';
import { describe, expect, it } from 'vitest';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/browser.md', import.meta.url)), 'utf8');

const FOLDER = fileURLToPath(new URL('../../lib/client/element/', import.meta.url));
const SOURCES = readdirSync(FOLDER)
  .map((file) => readFileSync(FOLDER + file, 'utf8'))
  .join('\n');

/** What matches, once each. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set(Array.from(text.matchAll(pattern), ([, first = '']) => first))].toSorted();
}

/** First cells of the table under a heading. */
function firstCells(heading: string): string[] {
  const start = PAGE.indexOf(`| ${heading} `);
  const rows = PAGE.slice(start, PAGE.indexOf('\n\n', start));
  return found(rows, /^\| `([\w-]+)`/gm);
}

describe('the page about browsers lists', () => {
  it('every attribute', () => {
    const { observedAttributes } = PhoneVerifyElement;
    const read = found(SOURCES, /reflect\('([\w-]+)'/g);
    const toggled = found(SOURCES, /toggleAttribute\('(required|disabled)'/g);
    expect(firstCells('attribute')).toEqual([...new Set([...observedAttributes, ...read, ...toggled])].toSorted());
  });

  it('every event', () => {
    expect(firstCells('event')).toEqual(found(SOURCES, /'(phone-verify-\w+)': CustomEvent/g));
  });

  it('every option of the client', () => {
    const source = readFileSync(`${FOLDER}../phone-verify.client.ts`, 'utf8');
    const start = source.indexOf('interface PhoneVerifyClientOptions');
    const options = source.slice(start, source.indexOf('\n}', start));

    expect(firstCells('option')).toEqual(found(options, /readonly (\w+)\?:/g));
  });

  it('every custom property', () => {
    expect(found(PAGE, /`(--phone-verify-[\w-]+)`/g)).toEqual(
      found(STYLES + CODE_STYLES, /var\((--phone-verify-[\w-]+)/g),
    );
  });

  it('every slot', () => {
    expect(firstCells('slot')).toEqual(found(SOURCES, /name: '(heading|consent|captcha|footer)'/g));
  });

  it('every part', () => {
    const listed = /`::part\(\)`: (.*?)\.\s/.exec(PAGE)?.[1] ?? '';

    const parts = found(SOURCES, /part: '([\w -]+)'/g).flatMap((names) => names.split(' '));
    expect(found(listed, /`([\w-]+)`/g)).toEqual([...new Set(parts)].toSorted());
  });
});
