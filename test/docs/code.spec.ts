import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { blocksOf, PAGES, read } from './pages.js';

const blocks = PAGES.flatMap(blocksOf);

describe('the code of the documentation', () => {
  let examples: ExampleFiles;

  beforeAll(() => {
    examples = writeExamples('docs-code');
  });

  afterAll(() => examples.remove());

  it('stands in files whose names are unique on their page', () => {
    const files = blocks.filter(({ language }) => language === 'ts').map(({ page, file }) => `${page}: ${file}`);

    expect(files.length).toBeGreaterThanOrEqual(50);
    expect(files.filter((file) => file.endsWith(': '))).toEqual([]);
    expect(new Set(files).size).toBe(files.length);
  });

  it('compiles', () => {
    const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
    const compile = (): string =>
      execFileSync(process.execPath, [compiler, '-p', examples.folder], { encoding: 'utf8' });

    expect(compile()).toBe('');
  }, 180_000);

  it('is valid JSON where it says so', () => {
    const texts = blocks.filter(({ language }) => language === 'json').map(({ text }) => text);

    expect(texts.length).toBeGreaterThanOrEqual(4);
    for (const text of texts) expect(() => JSON.parse(text)).not.toThrow();
  });

  it('includes the commands that `npm start` prints', () => {
    expect(read('docs/getting-started.md')).toContain(read('sample-app/flow.sh'));
  });
});
