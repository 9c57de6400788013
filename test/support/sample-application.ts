import { type INestApplication, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { vi } from 'vitest';
import { PHONE_VERIFY_LIMIT_STORE } from '../../lib/phone-verify.tokens.js';
import type { FreshDatabase } from './databases.js';
import { EndlessLimitStore } from './endless-limit.store.js';

/** Starts the sample application on a database of the test's own, with an environment. */
export async function startSample(
  { options }: FreshDatabase,
  environment: Readonly<Record<string, string>> = {},
): Promise<INestApplication> {
  vi.stubEnv('DATABASE_URL', 'url' in options ? options.url : '');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.resetModules();
  vi.doMock('../../sample-app/src/configuration.js', async (original) => {
    const configuration = await original<typeof import('../../sample-app/src/configuration.js')>();
    // The file of the sample is the developer's own; a test has one of its own.
    const dataSourceOptions = (url: string | undefined) => ({
      ...configuration.dataSourceOptions(url),
      ...(url === undefined && options),
    });
    return { ...configuration, dataSourceOptions };
  });
  const { AppModule } = await import('../../sample-app/src/app.module.js');
  const builder = Test.createTestingModule({ imports: [AppModule] });
  // These tests send to one range from one address within a second.
  const module = await builder.overrideProvider(PHONE_VERIFY_LIMIT_STORE).useClass(EndlessLimitStore).compile();
  const app = module.createNestApplication({ logger: false });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
  await app.init();
  return app;
}

/** Ends the sample and forgets its environment. */
export async function stopSample(app: INestApplication | undefined): Promise<void> {
  await app?.close();
  vi.unstubAllEnvs();
  vi.doUnmock('../../sample-app/src/configuration.js');
}
