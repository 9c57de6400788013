// Builds the browser code into dist/client: its core in one file, and beside it what a page loads only if it needs it,
// such as the texts of a language.
import { existsSync, readdirSync } from 'node:fs';
import { build } from 'rolldown';

const SOURCE = 'lib/client';

const options = {
  platform: 'browser',
  tsconfig: `${SOURCE}/tsconfig.json`,
  // English is part of the core. The files of other languages stay beside it, by the path that they have there.
  plugins: [
    {
      name: 'separate-languages',
      resolveId: (id, _importer, { kind }) =>
        kind === 'dynamic-import' ? { id: id.replace('../', './'), external: true } : undefined,
    },
  ],
};
const output = { dir: 'dist/client', format: 'esm', minify: true };

const locales = (existsSync(`${SOURCE}/locales`) ? readdirSync(`${SOURCE}/locales`) : []).map(
  (name) => `locales/${name.replace(/\.ts$/, '')}`,
);

/** Parts of the element that it loads when somebody begins to type, or opens the list of countries. */
const PARTS = { 'numbering-plans': 'element/numbering-plans', 'country-list': 'element/country-list' };

function file(name, source = name, sourcemap = true) {
  return { ...options, input: { [name]: `${SOURCE}/${source}.ts` }, output: { ...output, sourcemap } };
}

// Each by itself, so that none shares a file with another.
await build([
  file('index'),
  ...Object.entries(PARTS).map(([name, source]) => file(name, source)),
  ...locales.map((name) => file(name, name, false)),
]);
