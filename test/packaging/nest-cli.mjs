// What the Nest CLI 11 and 12 generate: `nest add` of the packed package gives an application that sends and checks a code,
// also as a bundle of esbuild, as the page on production says, and of the CLI's own bundlers.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { check, output, run, sendAndVerify } from './quick-start.mjs';

const [given] = process.argv.slice(2);
const tarball = resolve(given);

/** The major versions of the CLI, each with the bundler that it has and the packages that this needs. */
const CLIS = [
  { version: '11', esbuild: 'sh esbuild commonjs', builder: '--webpack', packages: [] },
  {
    version: '12',
    esbuild: 'sh esbuild',
    builder: '--builder=rspack',
    packages: ['@rspack/core@2', 'webpack-node-externals@3', 'tsconfig-paths-webpack-plugin@4'],
  },
];

/** Native code, which no bundle contains, and what it needs. */
const NATIVE = ['libsql', '@libsql', '@neon-rs', 'detect-libc'];

const page = readFileSync(new URL('../../docs/production.md', import.meta.url), 'utf8');

/** A command of the page, by the first line of its block. */
function commandOfPage(language) {
  const [, command] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  return command;
}

function npm(folder, ...parameters) {
  run(folder, 'npm', [...parameters, '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Has the application print its address. */
function printAddress(folder) {
  const file = join(folder, 'src/main.ts');
  const listening = /^.*app\.listen\(.*\n/m;
  const source = readFileSync(file, 'utf8');
  check(listening.test(source), 'the generated application listens');
  writeFileSync(file, source.replace(listening, "$&  console.log('ADDRESS=' + (await app.getUrl()));\n"));
}

/** Adds the package to a new application, twice: the second time changes nothing. */
function addTo(folder) {
  const module = join(folder, 'src/app.module.ts');
  const add = ['nest', 'add', 'nestjs-phone-verify', '--skip-install'];
  const printed = output(folder, 'npx', add);
  check(printed.includes('Next steps:'), `the next steps are printed: ${printed}`);
  const added = readFileSync(module, 'utf8');
  check(added.includes('PhoneVerifyModule.forRoot('), 'the module is added');
  run(folder, 'npx', ['prettier', '--check', 'src/app.module.ts']);
  output(folder, 'npx', add);
  check(readFileSync(module, 'utf8') === added, 'the second time changes nothing');
}

/** Bundles as the page says, and starts the bundle where nothing but the native driver is installed. */
async function bundleByEsbuild(folder, language) {
  npm(folder, 'install', '--save-dev', 'esbuild@0.28.2');
  run(folder, 'sh', ['-c', commandOfPage(language)]);
  const alone = mkdtempSync(join(temporary, 'alone-'));
  cpSync(join(folder, 'bundle'), alone, { recursive: true });
  mkdirSync(join(alone, 'node_modules'));
  for (const name of NATIVE) {
    cpSync(join(folder, 'node_modules', name), join(alone, 'node_modules', name), { recursive: true });
  }
  const [bundle] = readdirSync(join(folder, 'bundle'));
  await sendAndVerify(alone, process.execPath, [bundle], { PORT: '0' });
}

async function bundleByCli(folder, builder, packages) {
  if (packages.length > 0) npm(folder, 'install', '--save-dev', ...packages);
  rmSync(join(folder, 'dist'), { recursive: true });
  run(folder, 'npx', ['nest', 'build', builder]);
  await sendAndVerify(folder, process.execPath, ['dist/main.js'], { PORT: '0' });
}

const temporary = mkdtempSync(join(tmpdir(), 'phone-verify-nest-cli-'));
try {
  for (const { version, esbuild, builder, packages } of CLIS) {
    const name = `nest-${version}`;
    const folder = join(temporary, name);
    const create = ['new', name, '--skip-install', '--skip-git', '--package-manager=npm'];
    run(temporary, 'npx', ['--yes', `@nestjs/cli@${version}`, ...create]);
    npm(folder, 'install', tarball);
    addTo(folder);
    printAddress(folder);
    run(folder, 'npx', ['nest', 'build']);
    await sendAndVerify(folder, process.execPath, ['dist/main.js'], { PORT: '0' });
    console.log(`Nest CLI ${version}: added, built, sent, verified`);
    await bundleByEsbuild(folder, esbuild);
    console.log(`Nest CLI ${version}: the bundle of esbuild sent, verified`);
    await bundleByCli(folder, builder, packages);
    console.log(`Nest CLI ${version}: the bundle of nest build ${builder} sent, verified`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
