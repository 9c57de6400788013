import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PHONE_VERIFY_OPTIONS,
  PhoneVerificationService,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  phoneVerifyMigrations,
  type ResolvedPhoneVerifyOptions,
  SandboxBackend,
} from '../../lib/index.js';
import { Database } from '../../lib/database/database.js';
import { startApplication } from '../support/application.js';
import { freshDatabase } from '../support/databases.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';

afterEach(() => Logger.overrideLogger(false));

const ROOT = { backend: SandboxBackend, appName: 'Acme', options: { sandboxToken: CORRECT_CODE } };

@Injectable()
class Consumer {
  constructor(
    readonly service: PhoneVerificationService,
    @Inject(PHONE_VERIFY_BACKEND) readonly backend: SandboxBackend,
    @Inject(PHONE_VERIFY_BACKEND_OPTIONS) readonly backendOptions: object,
    @Inject(PHONE_VERIFY_OPTIONS) readonly options: ResolvedPhoneVerifyOptions,
  ) {}
}

@Module({ providers: [Consumer], exports: [Consumer] })
class FeatureModule {}

describe('the module', () => {
  it('exports its providers to every module if it is global', async () => {
    const { app, close } = await startApplication({
      phoneVerify: { ...ROOT, isGlobal: true },
      imports: [FeatureModule],
    });

    const consumer = app.get(Consumer);

    expect(consumer.service).toBeInstanceOf(PhoneVerificationService);
    expect(consumer.backend).toBeInstanceOf(SandboxBackend);
    expect(consumer.backendOptions).toEqual(ROOT.options);
    expect(consumer.options.appName).toBe('Acme');
    await close();
  });

  it('provides its options with defaults, and without secrets where they are printed', async () => {
    const secret = 'a secret of thirty-two bytes or more';
    const { app, close } = await startApplication({ phoneVerify: { ...ROOT, secret } });
    const options: ResolvedPhoneVerifyOptions = app.get(PHONE_VERIFY_OPTIONS);

    expect({ ...options }).toEqual({
      tokenLength: 6,
      messages: {},
      contextKeys: [],
      autofill: {},
      appName: 'Acme',
      identifyClient: undefined,
      authorizeSend: undefined,
      limits: {
        store: 'database',
        rules: [{ rule: 'testNumbers', max: 100, seconds: 3600, mode: 'enforce' }],
        conversion: undefined,
      },
      expiration: 600,
      verifyOnlyOnce: true,
      maxFailedAttempts: 5,
      retentionDays: 30,
      defaultCountry: undefined,
      delivery: { timeoutMs: 10_000, insideTimeoutMs: 5000 },
      storage: { timeoutMs: 5000, preparedStatements: false },
      cleanup: false,
      events: { fullNumbers: false },
      numbers: {
        allowedCountries: undefined,
        deniedCountries: [],
        deniedTypes: [
          'PREMIUM_RATE',
          'SHARED_COST',
          'TOLL_FREE',
          'UAN',
          'PAGER',
          'VOICEMAIL',
          'FIXED_LINE',
          'PERSONAL_NUMBER',
        ],
        allowNonGeographic: false,
        validation: 'valid',
        allowedPrefixes: [],
        deniedPrefixes: [],
      },
      purposes: [],
    });
    expect(options.secret).toEqual([secret]);
    const { delivery, storage, numbers, purposes } = options;
    for (const part of [delivery, storage, options.secret, numbers, purposes]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    await close();
  });
});

describe('the module starts', () => {
  it('on a named data source', async () => {
    const one = await freshDatabase('sqlite');
    const other = await freshDatabase('sqlite');
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(one.options),
        TypeOrmModule.forRoot({
          ...other.options,
          name: 'phones',
          autoLoadEntities: true,
          migrations: phoneVerifyMigrations,
          migrationsRun: true,
        }),
        PhoneVerifyModule.forRoot({ ...ROOT, dataSource: 'phones' }),
      ],
    }).compile();
    await module.init();
    const service = module.get(PhoneVerificationService);

    const { sessionToken } = await service.sendSecurityCode(NUMBER);
    const { status } = await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

    expect(status).toBe('security_code_valid');
    await module.close();
    await one.drop();
    await other.drop();
  });

  it('with a warning for each questionable option', async () => {
    const logger = new RecordedLogs();
    const { close } = await startApplication({
      phoneVerify: { ...ROOT, expiration: 3600, message: '{username}: {security_code}', contextKeys: ['username'] },
      logger,
    });

    expect(logger.text).toContain('warn: expiration: 3600 seconds is longer than the 600');
    expect(logger.text).toContain('warn: message: {username} renders empty');
    await close();
  });

  it('without a warning if no option is questionable', async () => {
    const logger = new RecordedLogs();
    const { close } = await startApplication({
      phoneVerify: {
        ...ROOT,
        message: '{username}: {security_code}',
        contextKeys: ['username'],
        controllers: false,
        limits: {},
      },
      logger,
    });

    expect(logger.text).not.toContain('warn:');
    await close();
  });
});

describe('the module does not start', () => {
  async function startError(imports: Parameters<typeof Test.createTestingModule>[0]['imports'] = []): Promise<unknown> {
    const database = await freshDatabase('sqlite');
    const source = TypeOrmModule.forRoot({ ...database.options, autoLoadEntities: true });
    const starting = Test.createTestingModule({ imports: [source, ...imports] })
      .setLogger(new RecordedLogs())
      .compile()
      .then((module) => module.init());
    const error: unknown = await starting.then(
      () => 'it started',
      (thrown: unknown) => thrown,
    );
    await database.drop();
    return error;
  }

  it('if it is imported twice in an application', async () => {
    const error = await startError([PhoneVerifyModule.forRoot(ROOT), PhoneVerifyModule.forRoot(ROOT)]);

    expect(error).toBeInstanceOf(PhoneVerifyConfigurationError);
    expect(String(error)).toContain('import it once');
  });

  it('if it is imported without forRoot', async () => {
    expect(await startError([PhoneVerifyModule])).toBeInstanceOf(PhoneVerifyConfigurationError);
  });

  it('on an unsupported database', () => {
    const oracle = { options: { type: 'oracle' } } as unknown as DataSource;

    expect(() => new Database(oracle, { preparedStatements: false })).toThrow(
      '"oracle" is not supported; use postgres, mariadb, mysql, better-sqlite3',
    );
  });

  it('if its options are not an object', async () => {
    const useFactory = (): never => 'text' as never;

    expect(String(await startError([PhoneVerifyModule.forRootAsync({ useFactory })]))).toContain(
      'must return an object',
    );
  });
});
