import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { CHROMIUM } from './test/support/chromium.js';
import { FIREFOX } from './test/support/firefox.js';

// What only a database server can show: many connections, many processes, an outage.
const hasServers = Boolean(process.env['TEST_POSTGRES_URL'] ?? process.env['TEST_MARIADB_URL']);
const leftOut = [
  ...(hasServers ? [] : ['test/servers/**']),
  ...(process.env['TEST_REDIS_URL'] ? [] : ['test/redis/**']),
  ...(CHROMIUM === undefined ? ['test/browser/**'] : []),
  ...(FIREFOX === undefined ? ['test/browser/firefox/**'] : []),
];

/** Files that replace modules or register entities for themselves. All others share the modules of one process, which saves most of their time. */
const isolated = specsIn(
  'e2e/random-source',
  'e2e/parsed-once',
  'servers/partitions',
  'docs/*',
  'sample/*',
  'browser/sample-*',
);
const specs = specsIn('**/*');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly peerDependenciesMeta: Readonly<Record<string, unknown>>;
}

const manifest: Manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** The package's own entry points, as the sources of what they will be. */
const entryPoints = Object.entries(manifest.exports).flatMap(([entry, target]) => {
  if (typeof target === 'string') return [];
  const source = target.default.replace('/dist/', '/lib/').replace(/\.js$/, '.ts');
  return {
    find: exactly(manifest.name + entry.slice(1)),
    replacement: fileURLToPath(new URL(source, import.meta.url)),
  };
});

/** Optional peers from another folder than this one's, such as the oldest that are supported. */
const peersFolder = process.env['TEST_OPTIONAL_PEERS'];
const otherPeers = Object.keys(peersFolder === undefined ? {} : manifest.peerDependenciesMeta)
  .map((name) => ({ find: exactly(name), replacement: join(peersFolder ?? '', 'node_modules', name) }))
  .filter(({ replacement }) => existsSync(replacement));

function specsIn(...names: readonly string[]): string[] {
  return names.flatMap((name) => [`test/${name}.spec.ts`, `test/${name}.e2e-spec.ts`]);
}

function exactly(name: string): RegExp {
  return new RegExp(`^${name}$`);
}

/** What all tests have in common. */
const resolve = { alias: [...entryPoints, ...otherPeers] };
const common = {
  env: { NODE_ENV: 'test' },
  testTimeout: 120_000,
  hookTimeout: 120_000,
  setupFiles: process.env['TEST_OBSERVE'] ? ['test/support/observe-everything.ts'] : [],
};

export default defineConfig({
  resolve,
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Many tests wait, for a server or for a process of their own: two at a time even where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        test: { ...common, name: 'isolated', include: isolated, exclude: [...configDefaults.exclude, ...leftOut] },
      },
      {
        resolve,
        test: {
          ...common,
          name: 'shared',
          isolate: false,
          include: specs,
          exclude: [...configDefaults.exclude, ...isolated, ...leftOut],
        },
      },
    ],
    // The element runs in Chromium, which this does not see.
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts'],
      // The element, its registration and its React component run in a browser, where nothing is measured.
      exclude: ['lib/index.ts', 'lib/client/element/**', 'lib/client/react.ts', 'lib/client/define.ts'],
    },
  },
});
