import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { vi } from 'vitest';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_LIMIT_STORE } from '../../lib/phone-verify.tokens.js';
import { type Clock, systemClock } from '../../lib/common/time.js';
import type { FreshDatabase } from './databases.js';
import { EndlessLimitStore } from './endless-limit.store.js';

/** Starts the sample application on a new database, with environment variables and a clock. */
export async function startSample(
  { options }: FreshDatabase,
  environment: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
): Promise<INestApplication> {
  vi.stubEnv('DATABASE_URL', 'url' in options ? options.url : '');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.resetModules();
  vi.doMock('../../sample-app/src/configuration.js', async (original) => {
    const configuration = await original<typeof import('../../sample-app/src/configuration.js')>();
    // Tests must not use the developer's database file.
    const dataSourceOptions = (url: string | undefined) => ({
      ...configuration.dataSourceOptions(url),
      ...(url === undefined && options),
    });
    return { ...configuration, dataSourceOptions };
  });
  const { configureApplication } = await import('../../sample-app/src/application.js');
  const { AppModule } = await import('../../sample-app/src/app.module.js');
  const builder = Test.createTestingModule({ imports: [AppModule] });
  builder.overrideProvider(PHONE_VERIFY_CLOCK).useValue(clock);
  // These tests send more messages from one address than the limits allow.
  builder.overrideProvider(PHONE_VERIFY_LIMIT_STORE).useClass(EndlessLimitStore);
  const module = await builder.compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: false, forceCloseConnections: true });
  configureApplication(app);
  await app.init();
  return app;
}

/** Closes the sample and restores the environment. */
export async function stopSample(app: INestApplication | undefined): Promise<void> {
  await app?.close();
  vi.unstubAllEnvs();
  vi.doUnmock('../../sample-app/src/configuration.js');
}
