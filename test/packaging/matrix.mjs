// Installs the packed package into empty applications, with the oldest and newest peers and Node, and runs each.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [tarball] = process.argv.slice(2);

const COMMON = {
  'class-transformer': '0.5.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  libsql: '0.5.29',
};

/** The oldest and the newest observability packages for each version of Nest. */
const TOOLS = {
  11: tools('11.0.0', '3.0.0', '1.9.0'),
  12: tools('12', '12', '1'),
};

/** Peers that are tested together, and the versions of Node on which they run. */
const PAIRS = [
  {
    name: 'Nest 11 + TypeORM 0.3.20',
    node: ['20.19.0'],
    packages: { ...nest('11'), '@nestjs/typeorm': '11', typeorm: '0.3.20', 'class-validator': '0.14' },
    tools: TOOLS[11],
  },
  {
    name: 'Nest 11 + TypeORM 0.3',
    node: ['20.19.0', 'latest'],
    packages: { ...nest('11'), '@nestjs/typeorm': '11', typeorm: '0.3', 'class-validator': '0.14' },
  },
  {
    name: 'Nest 12 + TypeORM 1',
    node: ['20.19.0', '22.12.0', '24', 'latest'],
    packages: { ...nest('12'), '@nestjs/typeorm': '12', typeorm: '1', 'class-validator': '0.15' },
    tools: TOOLS[12],
  },
];

function nest(version) {
  return Object.fromEntries(['common', 'core', 'testing'].map((name) => [`@nestjs/${name}`, version]));
}

function tools(nestTools, eventEmitter, openTelemetry) {
  return {
    '@nestjs/swagger': nestTools,
    '@nestjs/terminus': nestTools,
    '@nestjs/event-emitter': eventEmitter,
    '@nestjs/platform-express': nestTools.split('.')[0],
    '@opentelemetry/api': openTelemetry,
  };
}

function named(packages) {
  return Object.entries(packages).map(([name, version]) => `${name}@${version}`);
}

function run(node, script, folder) {
  copyFileSync(fileURLToPath(new URL(script, import.meta.url)), join(folder, script));
  const env = { ...process.env, NODE_ENV: 'test' };
  return execFileSync(node, [script], { cwd: folder, encoding: 'utf8', env, timeout: 60_000 }).trim();
}

function npm(folder, ...parameters) {
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  execFileSync('npm', [...parameters, ...quiet], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

const temporary = mkdtempSync(join(tmpdir(), 'phone-verify-matrix-'));
try {
  const nodes = new Map();
  for (const version of new Set(PAIRS.flatMap(({ node }) => node))) {
    const folder = mkdtempSync(join(temporary, 'node-'));
    writeFileSync(join(folder, 'package.json'), '{}');
    npm(folder, 'install', `node@${version}`);
    nodes.set(version, join(folder, 'node_modules/node/bin/node'));
  }
  for (const { name, node, packages, tools: optional } of PAIRS) {
    const folder = mkdtempSync(join(temporary, 'application-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const needed = [resolve(tarball), ...named({ ...COMMON, ...packages })];
    npm(folder, 'install', ...needed);
    for (const version of node) console.log(`${name}, ${run(nodes.get(version), 'application.mjs', folder)}`);
    if (optional === undefined) continue;
    npm(folder, 'install', ...needed, ...named(optional));
    console.log(`${name}, ${run(nodes.get(node[0]), 'observed.mjs', folder)}`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
