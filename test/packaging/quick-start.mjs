// The quick start of the README as an application that a script can install, build and start.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';

const ROOT = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));

/** What the README has one install, beside the package, and what a new Nest application has. */
const PACKAGES = [
  '@nestjs/typeorm',
  'typeorm',
  'class-validator',
  'class-transformer',
  'libsql',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  'reflect-metadata',
  'rxjs',
];

const MAIN = `
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'fatal'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  console.log('ADDRESS=' + (await app.getUrl()));
}
void bootstrap();
`;

/** Throws if something does not hold. */
export function check(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** The dependencies of the application, at the versions that are tested. */
function dependencies(tarball) {
  const versions = PACKAGES.map((name) => [name, manifest.devDependencies[name]]);
  return { 'nestjs-phone-verify': `file:${tarball}`, ...Object.fromEntries(versions) };
}

/** Writes the application's package.json and its sources as compiled by TypeScript, in `dist`. */
export function writeQuickStart(folder, { tarball, more = {}, settings = {} }) {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const own = { name: 'quick-start', version: '0.0.0', private: true, type: 'module', ...settings };
  const all = { ...own, dependencies: { ...dependencies(tarball), ...more } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(all, undefined, 2));
  for (const [name, source] of Object.entries(sources())) {
    writeFileSync(join(folder, 'dist', name.replace(/\.ts$/, '.js')), compile(source));
  }
}

/** The sources of the application in TypeScript, by the names of their files. */
function sources() {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  const [, module] = /^```ts\n\/\/ app\.module\.ts\n([\s\S]*?)^```$/m.exec(readme);
  return { 'app.module.ts': module, 'main.ts': MAIN };
}

function compile(source) {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  return outputText;
}

/** Runs a program to its end. */
export function run(folder, program, parameters, environment = {}) {
  const env = { ...process.env, ...environment };
  execFileSync(program, parameters, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 });
}

/** What a program prints. */
export function output(folder, program, parameters) {
  return execFileSync(program, parameters, { cwd: folder, encoding: 'utf8', timeout: 600_000 });
}

/** Starts the application, sends and checks a code as the README does, and stops it. */
export async function sendAndVerify(folder, program, parameters, environment = {}) {
  // A number may receive a code every 30 seconds.
  for (const file of readdirSync(folder)) if (file.startsWith('app.sqlite')) rmSync(join(folder, file));
  const env = { ...process.env, NODE_ENV: 'test', ...environment };
  const child = spawn(program, parameters, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  try {
    const address = await addressOf(child);
    const phone_number = '+1 415 555 2671';
    const { session_token } = await post(`${address}/phone/register`, { phone_number });
    const checked = { phone_number, session_token, security_code: '123456' };
    const { phone_number: verified } = await post(`${address}/phone/verify`, checked);
    check(verified === '+14155552671', 'the number is verified');
  } finally {
    // The program may be a package manager, whose child is the application.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await once(child, 'exit');
    }
  }
}

async function addressOf(child) {
  for await (const line of createInterface(child.stdout)) {
    const [, address] = /^ADDRESS=(.*)$/.exec(line) ?? [];
    if (address !== undefined) return address;
    console.log(line);
  }
  throw new Error('the application ended before it listened');
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  check(response.status === 200, `${url} responds 200, not ${response.status} ${text}`);
  return JSON.parse(text);
}
