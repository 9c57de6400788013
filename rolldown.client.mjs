// Builds the browser code into dist/client: its core in one file, and beside it what only some pages load, such as the
// texts of a language.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'rolldown';

const SOURCE = 'lib/client';

/** What the core loads when it is needed: name of its file beside the core, and its source. */
const PARTS = {
  languages: 'element/languages',
  'numbering-plans': 'element/numbering-plans',
  'country-list': 'element/country-list',
  'code-styles': 'element/code-styles',
  'one-time-code': 'element/one-time-code',
  'response-diagnosis': 'response-diagnosis',
  'other-tabs': 'other-tabs',
};

const locales = readdirSync(`${SOURCE}/locales`).map((name) => `locales/${name.replace(/\.ts$/, '')}`);

/** Each is a file by itself and shares nothing with others: the files of entry points import the core from its file. */
const separate = {
  name: 'separate-files',
  resolveId: (id, _importer, { kind }) => {
    if (id === './index.js' || id === './define.js') return { id, external: true };
    if (kind === 'dynamic-import') return { id: id.replace('../', './'), external: true };
    return undefined;
  },
};

/** Style sheets without the space that people need to read them. */
const shortStyles = {
  name: 'short-styles',
  transform: (code, id) =>
    id.endsWith('styles.ts') ? { code: code.replace(/`[^`]*`/g, shorten), map: null } : undefined,
};

function shorten(styles) {
  return styles
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .replace(/\b0\.(?=\d)/g, '.')
    .replace(/ ([>!]) ?/g, '$1')
    .replace(/='([\w-]+)'/g, '=$1');
}

/**
 * The first lines of files. That of the core makes browsers which know it compile its functions while they load the file,
 * off the main thread, so that the first element appears sooner: https://v8.dev/blog/explicit-compile-hints.
 * The other one names the license of the library that is part of its file.
 */
const BANNERS = {
  index: '//# allFunctionsCalledOnLoad',
  'numbering-plans': '/*! Contains libphonenumber-js: see numbering-plans.LICENSE.txt */',
};

function file(name, source = name, sourcemap = true) {
  return {
    input: { [name]: `${SOURCE}/${source}.ts` },
    platform: 'browser',
    tsconfig: `${SOURCE}/tsconfig.json`,
    external: ['react'],
    // React needs to know that its component runs in browsers.
    checks: { moduleLevelDirective: false },
    plugins: [separate, shortStyles],
    output: { dir: 'dist/client', format: 'esm', minify: true, sourcemap, postBanner: BANNERS[name] },
  };
}

await build([
  ...['index', 'define', 'react', 'svelte', 'vue'].map((name) => file(name)),
  ...Object.entries(PARTS).map(([name, source]) => file(name, source)),
  ...locales.map((name) => file(name, name, false)),
]);

const licenseOf = (name) => readFileSync(`node_modules/libphonenumber-js/${name}`, 'utf8');
writeFileSync(
  'dist/client/numbering-plans.LICENSE.txt',
  `libphonenumber-js:\n\n${licenseOf('LICENSE')}\n\nIts metadata, from Google's libphonenumber:\n\n${licenseOf('LICENSE.Apache')}`,
);
