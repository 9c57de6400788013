import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCS, PAGES, read, ROOT } from './pages.js';

const LINKING = [...PAGES, 'CONTRIBUTING.md', 'SECURITY.md'];

/** A page without its code, in which brackets are no links and `#` no headings. */
function prose(page: string): string {
  return read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): Set<string> {
  return new Set(
    Array.from(prose(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The relative links of a page. */
function linksOf(text: string): string[] {
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target).filter(
    (target) => !/^https?:/.test(target),
  );
}

/** Whether a link from a page leads to a file or folder of the repository, and to a heading where it names one. */
function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || (statSync(join(ROOT, target)).isFile() && anchorsOf(target).has(anchor));
}

describe('the documentation', () => {
  it.each(LINKING)('has only links that lead somewhere in %s', (page) => {
    expect(linksOf(prose(page)).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('notices a link to a page or heading that is gone', () => {
    expect(leadsSomewhere('README.md', 'docs/options.md#all-options')).toBe(true);
    expect(leadsSomewhere('docs/options.md', 'limits.md#settings')).toBe(true);
    expect(leadsSomewhere('README.md', 'docs/gone.md')).toBe(false);
    expect(leadsSomewhere('README.md', 'docs/options.md#gone')).toBe(false);
    expect(leadsSomewhere('docs/options.md', '#gone')).toBe(false);
  });

  it('has each page once in docs/llms.txt, with a description, and nothing else', () => {
    const lines = read('docs/llms.txt')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    const targets = linksOf(lines.join('\n')).map((link) => relative('.', normalize(join('docs', link))));

    expect(lines.filter((line) => !/^- \[[^\]]+\]\([^)]+\): \S/.test(line))).toEqual([]);
    expect(targets.toSorted()).toEqual([...PAGES].toSorted());
  });

  it('is reachable from the README, page by page', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of linksOf(prose(page))) {
        const target = normalize(join(dirname(page), link.split('#')[0] ?? ''));
        if (PAGES.includes(target)) reached.add(target);
      }
    }

    expect(DOCS.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('has a README of at most 220 lines, and one heading of the first level on each page', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(220);
    expect(LINKING.filter((page) => prose(page).match(/^# /gm)?.length !== 1)).toEqual([]);
  });
});
