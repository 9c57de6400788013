import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { compile as compileSvelte } from 'svelte/compiler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileScript, parse } from 'vue/compiler-sfc';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { blocksOf, PAGES, read } from './pages.js';

const blocks = PAGES.flatMap(blocksOf);

/** The blocks of code in a language. */
function textsIn(wanted: string): string[] {
  return blocks.filter(({ language }) => language === wanted).map(({ text }) => text);
}

describe('the code of the documentation', () => {
  let examples: ExampleFiles;

  beforeAll(() => {
    examples = writeExamples('docs-code');
  });

  afterAll(() => examples.remove());

  it('stands in files whose names are unique on their page', () => {
    const files = blocks.filter(({ language }) => /^tsx?$/.test(language)).map(({ page, file }) => `${page}: ${file}`);

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

  it('compiles in Vue', () => {
    const [text = '', ...others] = textsIn('vue');

    const { descriptor, errors } = parse(text);
    const compilerOptions = { isCustomElement: (tag: string) => tag === 'phone-verify' };
    const templateOptions = { compilerOptions };
    const { content } = compileScript(descriptor, { id: 'example', inlineTemplate: true, templateOptions });

    expect(errors).toEqual([]);
    expect(content).toContain('onVerified');
    expect(others).toEqual([]);
  });

  it('compiles in Svelte', () => {
    const [text = '', ...others] = textsIn('svelte');

    expect(compileSvelte(text, { generate: 'client' }).warnings).toEqual([]);
    expect(others).toEqual([]);
  });

  it('is valid JSON where it says so', () => {
    const texts = textsIn('json');

    expect(texts.length).toBeGreaterThanOrEqual(4);
    for (const text of texts) expect(() => JSON.parse(text)).not.toThrow();
  });

  it('includes the commands that `npm start` prints', () => {
    expect(read('docs/getting-started.md')).toContain(read('sample-app/flow.sh'));
  });
});
