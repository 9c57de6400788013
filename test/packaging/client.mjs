// Checks the browser client of the packed package: one small file without imports, and types that do not need Node's.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const [tarball] = process.argv.slice(2);

const BYTES = 12_000;

/** The script of a page, compiled in strict mode. */
const PAGE = `
import { definePhoneVerify, PhoneVerifyClient, PhoneVerifyClientError } from 'nestjs-phone-verify/client';

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

function check(holds, what) {
  if (!holds) throw new Error(`failed: ${what}`);
}

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-client-'));
try {
  const installed = join(folder, 'node_modules/nestjs-phone-verify');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', resolve(tarball), '-C', installed, '--strip-components=1']);

  const scripts = readdirSync(join(installed, 'dist/client'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(installed, 'dist/client', file), 'utf8'));
  const bytes = gzipSync(scripts.join(''), { level: 9 }).length;
  check(bytes < BYTES, `${bytes} bytes, gzipped, are less than ${BYTES}`);
  check(!/\bimport\b/.test(scripts.join('')), 'nothing is imported');

  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const onServer =
    "import { definePhoneVerify, PhoneVerifyClient } from 'nestjs-phone-verify/client'; definePhoneVerify(); new PhoneVerifyClient();";
  execFileSync(process.execPath, ['--input-type=module', '-e', onServer], { cwd: folder });

  writeFileSync(join(folder, 'page.ts'), PAGE);
  const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  for (const moduleResolution of ['bundler', 'nodenext']) {
    const options = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['page.ts'] }));
    execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  }
  console.log(`${bytes} bytes, gzipped (limit ${BYTES}); imports nothing; its types compile for a browser`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
