// The quick start of the README as npm, pnpm and Yarn with Plug'n'Play install it, without any optional package.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, sendAndVerify, writeQuickStart } from './quick-start.mjs';

const [given] = process.argv.slice(2);
const tarball = resolve(given);

const temporary = mkdtempSync(join(tmpdir(), 'phone-verify-managers-'));
const tools = join(temporary, 'tools');
const bin = join(tools, 'node_modules');

/** Neither reads nor leaves anything outside the temporary folder. */
const YARN = {
  YARN_GLOBAL_FOLDER: join(temporary, 'yarn'),
  YARN_ENABLE_TELEMETRY: '0',
  YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
};

/** How each installs the dependencies, and starts the application. */
const MANAGERS = {
  npm: {
    install: ['npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']],
    start: [process.execPath, ['dist/main.js']],
  },
  pnpm: {
    install: [process.execPath, [join(bin, 'pnpm/bin/pnpm.cjs'), 'install', '--store-dir', join(temporary, 'pnpm')]],
    start: [process.execPath, ['dist/main.js']],
  },
  "Yarn Plug'n'Play": {
    files: { '.yarnrc.yml': 'nodeLinker: pnp\n', 'yarn.lock': '' },
    install: [process.execPath, [join(bin, '@yarnpkg/cli-dist/bin/yarn.js'), 'install']],
    start: [process.execPath, [join(bin, '@yarnpkg/cli-dist/bin/yarn.js'), 'node', 'dist/main.js']],
    environment: YARN,
  },
};

try {
  mkdirSync(tools);
  writeFileSync(join(tools, 'package.json'), '{}');
  const packages = ['pnpm@10.34.8', '@yarnpkg/cli-dist@4.18.1'];
  run(tools, 'npm', ['install', ...packages, '--no-audit', '--no-fund', '--loglevel=error']);
  for (const [name, { install, start, files = {}, environment }] of Object.entries(MANAGERS)) {
    const folder = join(temporary, `application-${name.replaceAll(/\W/g, '')}`);
    writeQuickStart(folder, { tarball });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    run(folder, ...install, environment);
    await sendAndVerify(folder, ...start, environment);
    console.log(`${name}: installed, sent, verified`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
