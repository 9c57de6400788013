// Builds the browser code into dist/client: its core in one file, and beside it what a page loads only if it needs it,
// such as the texts of a language.
import { readdirSync } from 'node:fs';
import { build } from 'rolldown';

const SOURCE = 'lib/client';

/** What the core loads when it is needed: name of its file beside the core, and its source. */
const PARTS = { 'numbering-plans': 'element/numbering-plans', 'country-list': 'element/country-list' };

/** English is part of the core. The files of other languages stay beside it, by the path that they have there. */
const separateLanguages = {
  name: 'separate-languages',
  resolveId: (id, _importer, { kind }) =>
    kind === 'dynamic-import' ? { id: id.replace('../', './'), external: true } : undefined,
};

/** Each file by itself, so that none shares a part with another. */
function file(name, source = name, sourcemap = true) {
  return {
    input: { [name]: `${SOURCE}/${source}.ts` },
    platform: 'browser',
    tsconfig: `${SOURCE}/tsconfig.json`,
    plugins: [separateLanguages],
    output: { dir: 'dist/client', format: 'esm', minify: true, sourcemap },
  };
}

const locales = readdirSync(`${SOURCE}/locales`).map((name) => `locales/${name.replace(/\.ts$/, '')}`);

await build([
  file('index'),
  ...Object.entries(PARTS).map(([name, source]) => file(name, source)),
  ...locales.map((name) => file(name, name, false)),
]);
