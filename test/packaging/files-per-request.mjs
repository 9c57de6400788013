// Lists the compiled files of the library whose code runs for a register request and for a check, by V8's precise
// coverage: default limits, SQLite, the sandbox backend, Express, no optional package. Needs `npm run build`.
import 'reflect-metadata';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'phone-verify-files-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A copy of the compiled package that finds what it needs, and no optional package. */
function installCopy() {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (name) => !(name in peerDependenciesMeta),
  );
  for (const name of needed) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
  }
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  return new URL('dist/', pathToFileURL(`${folder}/`));
}

const DIST = installCopy();
const { PhoneVerifyModule, SandboxBackend, phoneVerifyMigrations } = await import(new URL('index.js', DIST));

/** Maximum number of files that may run for each request. */
const MAX_FILES = { register: 37, verify: 18 };

const database = {
  type: 'better-sqlite3',
  driver: createRequire(import.meta.url)('libsql'),
  database: ':memory:',
  autoLoadEntities: true,
  migrations: phoneVerifyMigrations,
  migrationsRun: true,
};

class AppModule {}
Module({
  imports: [
    TypeOrmModule.forRoot(database),
    PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', cleanup: false }),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();

/** Sends JSON, and no other header that a request may do without. */
async function post(path, body) {
  const request = httpRequest(`${url}/phone/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.end(JSON.stringify(body));
  const [response] = await once(request, 'response');
  const text = await readText(response);
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
  return JSON.parse(text);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Returns the files whose functions are called during work, and the response body that the work returns. */
async function filesOf(work) {
  await session.post('Profiler.takePreciseCoverage');
  const responseBody = await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result
    .filter(({ url: file, functions }) => file.startsWith(DIST.href) && functions.some(isCalled))
    .map(({ url: file }) => fileURLToPath(file).slice(fileURLToPath(DIST).length));
  return { responseBody, files: files.toSorted() };
}

function isCalled({ ranges }) {
  return ranges.some(({ count }) => count > 0);
}

const phone_number = '+14155552671';
// The first requests also run code that runs only once, such as building statements on demand.
const first = await post('register', { phone_number: '+14155552672' });
await post('verify', { phone_number: '+14155552672', session_token: first.session_token, security_code: '123456' });

const register = await filesOf(() => post('register', { phone_number }));
const verify = await filesOf(() =>
  post('verify', { phone_number, session_token: register.responseBody.session_token, security_code: '123456' }),
);

let isTooMany = false;
for (const [name, { files }] of Object.entries({ register, verify })) {
  console.log(`${name}: ${files.length} files, at most ${MAX_FILES[name]}`);
  for (const file of files) console.log(`  ${file}`);
  isTooMany ||= files.length > MAX_FILES[name];
}
await app.close();
process.exitCode = isTooMany ? 1 : 0;
