import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

// What only a database server can show: many connections, many processes, an outage.
const hasServers = Boolean(process.env['TEST_POSTGRES_URL'] ?? process.env['TEST_MARIADB_URL']);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nestjs-phone-verify$/, replacement: fileURLToPath(new URL('lib/index.ts', import.meta.url)) },
      { find: /^nestjs-phone-verify\/(.+)$/, replacement: fileURLToPath(new URL('lib/$1/index.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
    exclude: hasServers ? configDefaults.exclude : [...configDefaults.exclude, 'test/servers/**'],
    globalSetup: ['test/support/global-setup.ts'],
    env: { NODE_ENV: 'test' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['lib/**/*.ts'], exclude: ['lib/index.ts'] },
  },
});
