// Checks the browser code of both packed packages: the same files, small, without dependencies, loaded in parts, and with
// types that do not need Node's.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';

const [tarball, elementTarball] = process.argv.slice(2);

const PACKAGE = 'nestjs-phone-verify';
const ELEMENT = 'nestjs-phone-verify-element';

/** Limits of bytes, gzipped. */
const CORE_BYTES = 15_000;
const LANGUAGE_BYTES = 2500;

/** The script of a page, compiled in strict mode. */
const page = (client) => `
import { definePhoneVerify, PhoneVerifyClient, PhoneVerifyClientError } from '${client}';

definePhoneVerify();
const element = document.createElement('phone-verify');
element.client = new PhoneVerifyClient({ baseUrl: '/api/phone' });
element.texts = { send: 'Go', errors: { rate_limited: ({ retryAfter }) => \`Wait \${retryAfter} s\` } };
element.addEventListener('phone-verify-verified', ({ detail }) => {
  const token: string | undefined = detail.verificationToken;
  console.log(token);
});
element.addEventListener('phone-verify-error', ({ detail }) => {
  console.log(detail instanceof PhoneVerifyClientError, detail.code);
});
`;

/** What the package of the browser code has in addition. */
const FURTHER_ENTRIES = `
import '${ELEMENT}/define';
import german from '${ELEMENT}/locales/de';

const element = document.createElement('phone-verify');
element.texts = german;
`;

/** The entries for frameworks, in use. What is wrong must be an error, or the types are not found. */
const FRAMEWORKS = `
import { PhoneVerify } from '${ELEMENT}/react';
import '${ELEMENT}/vue';
import '${ELEMENT}/svelte';
import type { SvelteHTMLElements } from 'svelte/elements';
import type { GlobalComponents } from 'vue';

export const component = <PhoneVerify baseUrl="/phone" onVerified={({ detail }) => detail.verificationToken?.length} />;
export const element = <phone-verify base-url="/phone" onverified={({ detail }) => detail.verificationToken?.length} />;
export const svelte: SvelteHTMLElements['phone-verify'] = { defaultCountry: 'DE', onfailed: ({ detail }) => detail.code };
export const vue: InstanceType<GlobalComponents['phone-verify']>['$props'] = { countries: ['DE'], onSent: () => undefined };
// @ts-expect-error
export const wrongComponent = <PhoneVerify baseUrl={7} />;
// @ts-expect-error
export const wrongSvelte: SvelteHTMLElements['phone-verify'] = { defaultCountry: 7 };
// @ts-expect-error
export const wrongVue: InstanceType<GlobalComponents['phone-verify']>['$props'] = { countries: 7 };
`;

function check(holds, what) {
  if (!holds) throw new Error(`failed: ${what}`);
}

function unpack(file, name) {
  const installed = join(folder, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', resolve(file), '-C', installed, '--strip-components=1']);
  return installed;
}

function filesIn(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.map((file) => join(file.parentPath, file.name).slice(directory.length + 1)).toSorted();
}

function gzipped(text) {
  return gzipSync(text, { level: 9 }).length;
}

function compile(files, options = {}) {
  const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  for (const moduleResolution of ['bundler', 'nodenext']) {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      jsx: 'react-jsx',
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution,
      ...options,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-client-'));
try {
  const inPackage = join(unpack(tarball, PACKAGE), 'dist/client');
  const element = unpack(elementTarball, ELEMENT);
  const built = join(element, 'dist');

  check(filesIn(built).join() === filesIn(inPackage).join(), 'both packages have the same files');
  for (const file of filesIn(built)) {
    const same = readFileSync(join(built, file)).equals(readFileSync(join(inPackage, file)));
    check(same, `${file} is the same in both packages`);
  }

  const manifest = JSON.parse(readFileSync(join(element, 'package.json'), 'utf8'));
  check(
    !('dependencies' in manifest) && !('peerDependencies' in manifest),
    'the package has no dependencies and peers',
  );
  const allowed =
    /^(dist\/.*\.(js|js\.map|d\.ts)|dist\/numbering-plans\.LICENSE\.txt|package\.json|custom-elements\.json|README\.md|LICENSE)$/;
  for (const file of filesIn(element)) check(allowed.test(file), `${file} belongs into the package`);

  const plans = readFileSync(join(built, 'numbering-plans.js'), 'utf8');
  const license = readFileSync(join(built, 'numbering-plans.LICENSE.txt'), 'utf8');
  check(plans.startsWith('/*! Contains libphonenumber-js'), 'the numbering plans name the library in them');
  check(/MIT License[^]*catamphetamine/.test(license), 'its license comes with it');

  const core = readFileSync(join(built, 'index.js'), 'utf8');
  // The limit is for the core without the texts of a language. Those in English are part of the file.
  const [english = ''] = /\{language[^]*\}(?=;export)/.exec(readFileSync(join(built, 'locales/en.js'), 'utf8')) ?? [];
  check(core.includes(english) && english.length > 1000, 'the core has the texts in English');
  const bytes = gzipped(core.replace(english, '{}'));
  check(bytes <= CORE_BYTES, `${bytes} bytes of the core, gzipped, are at most ${CORE_BYTES}`);
  check(!/\bimport\b(?!\()/.test(core), 'the core imports nothing before it is needed');
  check(core.startsWith('//# allFunctionsCalledOnLoad\n'), 'browsers compile the core while they load it');
  const languages = filesIn(join(built, 'locales')).filter((file) => file.endsWith('.js'));
  for (const file of languages) {
    const text = readFileSync(join(built, 'locales', file), 'utf8');
    check(gzipped(text) <= LANGUAGE_BYTES && !/\bimport\b/.test(text), `${file} is small and imports nothing`);
  }

  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const entry of [`${PACKAGE}/client`, ELEMENT, `${ELEMENT}/define`]) {
    const onServer = `import { definePhoneVerify, PhoneVerifyClient } from '${entry}'; definePhoneVerify(); new PhoneVerifyClient();`;
    execFileSync(process.execPath, ['--input-type=module', '-e', onServer], { cwd: folder });
  }

  writeFileSync(join(folder, 'page.ts'), page(`${PACKAGE}/client`));
  writeFileSync(join(folder, 'element-page.ts'), page(ELEMENT) + FURTHER_ENTRIES.replace(/^const element.*$/m, ''));
  compile(['page.ts']);
  compile(['element-page.ts']);
  mkdirSync(join(folder, 'node_modules/@types'));
  for (const name of ['react', '@types/react', 'vue', 'svelte']) {
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'frameworks.tsx'), FRAMEWORKS);
  compile(['frameworks.tsx'], { skipLibCheck: true });
  for (const entry of ['define', 'react', 'vue', 'svelte']) {
    const script = join(folder, `${entry}.js`);
    writeFileSync(script, `import '${ELEMENT}/${entry}';`);
    const { output } = await build({
      input: script,
      platform: 'browser',
      external: ['react'],
      write: false,
      checks: { moduleLevelDirective: false },
    });
    check(/customElements\.define/.test(output[0].code), `a bundler keeps what ${entry} registers`);
  }
  console.log(
    `core: ${bytes} bytes, gzipped, without texts (limit ${CORE_BYTES}); ${languages.length} languages; types compile`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
