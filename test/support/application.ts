import type { Socket } from 'node:net';
import type { DynamicModule, INestApplication, ModuleMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  PHONE_VERIFY_BACKEND,
  PhoneVerificationService,
  PhoneVerifyModule,
  type PhoneVerifyModuleOptions,
  phoneVerifyMigrations,
  SandboxBackend,
} from '../../lib/index.js';
import type { Schedule } from '../../lib/common/schedule.js';
import { ConversionStatistic } from '../../lib/limits/conversion-statistic.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_SCHEDULE } from '../../lib/phone-verify.tokens.js';
import { TestClock } from './clock.js';
import { freshDatabase } from './databases.js';
import { NO_LIMITS } from './limits.js';

export type Adapter = 'express' | 'fastify';

/** The values that both adapters accept: every proxy or none, or the names of networks and addresses. */
export type TrustProxy = boolean | string | string[];

export const ADAPTERS: readonly Adapter[] = ['express', 'fastify'];

export interface ApplicationOptions {
  /** Default: a new SQLite file, which is deleted when the application closes. */
  readonly database?: DataSourceOptions;
  readonly adapter?: Adapter;
  /** Without `limits` all limits are off, because most tests register one number repeatedly. */
  readonly phoneVerify?: Partial<PhoneVerifyModuleOptions>;
  /** Replaces `PhoneVerifyModule.forRoot`. */
  readonly module?: DynamicModule;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** Overrides of providers. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Which proxies the adapter trusts: `trust proxy` of Express, `trustProxy` of Fastify. */
  readonly trustProxy?: TrustProxy;
  /** Configures the application before it starts: pipes, prefix, versioning. */
  readonly configure?: (app: INestApplication) => void;
  /** Whether Nest registers its parsers of request bodies. Default `true`. */
  readonly bodyParser?: boolean;
  /** Default `false`: nothing of the application is logged. */
  readonly logger?: Parameters<TestingModuleBuilder['setLogger']>[0] | false;
}

export interface TestApplication {
  readonly app: INestApplication;
  readonly service: PhoneVerificationService;
  readonly dataSource: DataSource;
  readonly clock: TestClock;
  /** Exchanges the counts and blocks of `conversion` with the store, as the timer does outside tests. */
  exchangeConversion(): Promise<void>;
  /** The backend; the sandbox unless the test uses another. */
  readonly sandbox: SandboxBackend;
  close(): Promise<void>;
}

/** Makes later connections appear to come from an address. The real address of the tests is always 127.0.0.1. */
export function connectFrom({ app }: TestApplication, address: string): void {
  app.getHttpServer().prependListener('connection', (socket: Socket) => {
    Object.defineProperty(socket, 'remoteAddress', { value: address, configurable: true });
  });
}

/** Replaces the timer of the conversion statistic, so that it runs no statements during a test. */
const never: Schedule = () => () => undefined;

/** Starts an application with the module, on a migrated database, with a clock that the test controls. */
export async function startApplication(options: ApplicationOptions = {}): Promise<TestApplication> {
  const own = options.database === undefined ? await freshDatabase('sqlite') : undefined;
  const database = options.database ?? own?.options;
  const clock = new TestClock();
  const module =
    options.module ??
    PhoneVerifyModule.forRoot({
      backend: SandboxBackend,
      appName: 'Acme',
      cleanup: false,
      limits: NO_LIMITS,
      ...options.phoneVerify,
    });
  const dataSource = {
    migrations: phoneVerifyMigrations,
    migrationsRun: true,
    ...database,
    autoLoadEntities: true,
    retryAttempts: 0,
  };
  const builder = Test.createTestingModule({
    imports: [TypeOrmModule.forRoot(dataSource), module, ...(options.imports ?? [])],
  });
  if (options.logger) builder.setLogger(options.logger);
  const overridden = (options.override ?? ((same) => same))(
    builder
      .overrideProvider(PHONE_VERIFY_CLOCK)
      .useValue(clock)
      .overrideProvider(PHONE_VERIFY_SCHEDULE)
      .useValue(never),
  );
  const compiled = await overridden.compile();
  const bodyParser = options.bodyParser ?? true;
  const nestOptions = options.logger ? { bodyParser } : { bodyParser, logger: false as const };
  const app = createApplication(compiled, nestOptions, options);
  options.configure?.(app);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    clock,
    service: app.get(PhoneVerificationService),
    dataSource: app.get(DataSource),
    sandbox: app.get(PHONE_VERIFY_BACKEND),
    exchangeConversion: () => app.get(ConversionStatistic).flush(),
    close: async () => {
      await app.close();
      await own?.drop();
    },
  };
}

function createApplication(
  module: TestingModule,
  nestOptions: { bodyParser: boolean; logger?: false },
  { adapter, trustProxy }: ApplicationOptions,
): INestApplication {
  if (adapter === 'fastify') {
    return module.createNestApplication(new FastifyAdapter({ trustProxy: trustProxy ?? false }), nestOptions);
  }
  const app = module.createNestApplication<NestExpressApplication>(nestOptions);
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  return app;
}
