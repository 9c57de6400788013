import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PhoneVerificationService, phoneVerifyMigrations } from '../../lib/index.js';
import { freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { read, table } from './pages.js';

const PAGE = 'docs/production.md';

describe.each(serverKinds().filter((kind) => kind === 'postgres'))('the serverless application on %s', (kind) => {
  let examples: ExampleFiles;

  beforeAll(() => {
    examples = writeExamples('docs-production');
  });

  afterAll(() => examples.remove());

  it('starts once, sends, and purges from a scheduled job', async () => {
    const database = await freshDatabase(kind);
    const migrated = await new DataSource({ ...database.options, migrations: phoneVerifyMigrations }).initialize();
    await migrated.runMigrations();
    await migrated.destroy();
    vi.stubEnv('DATABASE_URL', 'url' in database.options ? (database.options.url ?? '') : '');
    const { application, purge } = await examples.load(PAGE, 'handlers.ts');

    const [app, again] = await Promise.all([application(), application()]);
    await app.get(PhoneVerificationService).sendSecurityCode(NUMBER);
    const purged = await purge();
    await app.close();
    vi.unstubAllEnvs();
    await database.drop();

    expect(again).toBe(app);
    expect(purged).toEqual({ deleted: 0 });
  });
});

describe('the list of externals for bundlers', () => {
  it('has the optional packages that the root entry point imports', () => {
    const listed = table(PAGE, 'external').map(([name = '']) => name.replaceAll('`', ''));
    const { peerDependenciesMeta }: { peerDependenciesMeta: object } = JSON.parse(read('package.json'));
    // SDKs and the health indicator have entry points of their own, which only an application with the package imports.
    const ofRoot = Object.keys(peerDependenciesMeta).filter(
      (name) => /^@(nestjs|opentelemetry)\//.test(name) && name !== '@nestjs/terminus',
    );

    expect(listed.toSorted()).toEqual(ofRoot.toSorted());
  });
});
