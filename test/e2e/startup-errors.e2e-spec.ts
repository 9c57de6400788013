import { Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConsoleBackend,
  FailoverBackend,
  PHONE_VERIFY_BACKEND,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  phoneVerifyMigrations,
  type PhoneVerifyModuleAsyncOptions,
  SandboxBackend,
} from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { RecordedLogs } from '../support/logs.js';
import { register } from '../support/requests.js';

const OPTIONS = { backend: SandboxBackend, appName: 'Acme', cleanup: false } as const;

let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase('sqlite');
});

afterEach(async () => {
  Logger.overrideLogger(false);
  await database.drop();
});

type Imports = NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>;

/** The validation errors with which an application does not start; none if it starts. */
async function faultsOf(imports: Imports, change = (builder: Builder): Builder => builder): Promise<readonly string[]> {
  const builder = Test.createTestingModule({ imports }).setLogger(new RecordedLogs());
  try {
    const module = await change(builder).compile();
    await module.init();
    await module.close();
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}

type Builder = ReturnType<typeof Test.createTestingModule>;

/** The application's data source, with the tables of the module. */
function source(options: object = {}): Imports[number] {
  const migrations = { autoLoadEntities: true, migrations: phoneVerifyMigrations, migrationsRun: true };
  return TypeOrmModule.forRoot({ ...database.options, ...migrations, ...options });
}

describe('an application without a usable data source does not start:', () => {
  it('all entities that are missing are in one error', async () => {
    const imports = [source({ autoLoadEntities: false, migrationsRun: false }), PhoneVerifyModule.forRoot(OPTIONS)];

    expect(await faultsOf(imports)).toEqual([
      'dataSource: entities are missing; add `SMSVerification` and `SMSVerificationCounter` to `entities` or set `autoLoadEntities`',
    ]);
  });

  it('the entity of the counters is not missed where they are in memory', async () => {
    const options = { ...OPTIONS, limits: { store: 'memory' } } as const;

    expect(await faultsOf([source({ autoLoadEntities: false }), PhoneVerifyModule.forRoot(options)])).toEqual([
      'dataSource: an entity is missing; add `SMSVerification` to `entities` or set `autoLoadEntities`',
    ]);
  });

  it('there is none', async () => {
    expect(await faultsOf([PhoneVerifyModule.forRoot(OPTIONS)])).toEqual([
      'dataSource: the application has no default TypeORM data source; import `TypeOrmModule.forRoot(…)`, or set `dataSource` to the name of the one to use',
    ]);
  });

  it('the only one has a name that is not given', async () => {
    const [fault] = await faultsOf([source({ name: 'phones' }), PhoneVerifyModule.forRoot(OPTIONS)]);

    expect(fault).toMatch(/^dataSource: the application has no default TypeORM data source; /);
  });

  it('there is none of this name', async () => {
    const options = { ...OPTIONS, dataSource: 'phnoes' };

    expect(await faultsOf([source({ name: 'phones' }), PhoneVerifyModule.forRoot(options)])).toEqual([
      'dataSource: the application has no TypeORM data source named "phnoes"; import `TypeOrmModule.forRoot({ name: \'phnoes\', … })`, or correct `dataSource`',
    ]);
  });

  it('the data source is not initialised', async () => {
    const imports = [source({ manualInitialization: true }), PhoneVerifyModule.forRoot(OPTIONS)];

    expect(await faultsOf(imports)).toEqual([
      'dataSource: it is not initialised when the module starts; leave out `manualInitialization`',
    ]);
  });

  it('the tables are missing, each named with the migrations to run', async () => {
    expect(await faultsOf([source({ migrationsRun: false }), PhoneVerifyModule.forRoot(OPTIONS)])).toEqual([
      expect.stringContaining(
        'dataSource: the table sms_verification is missing; run `phoneVerifyMigrations`: add them to',
      ),
      expect.stringContaining(
        'dataSource: the table sms_verification_counter is missing; run `phoneVerifyMigrations`: add them to',
      ),
    ]);
  });

  it.each([{ store: 'memory' as const }, false as const])('with the limits %j, only one table', async (limits) => {
    const imports = [source({ migrationsRun: false }), PhoneVerifyModule.forRoot({ ...OPTIONS, limits })];

    expect(await faultsOf(imports)).toEqual([
      expect.stringContaining(
        'dataSource: the table sms_verification is missing; run `phoneVerifyMigrations`: add them to',
      ),
    ]);
  });

  it('an option is invalid too, and is named first', async () => {
    expect(await faultsOf([PhoneVerifyModule.forRoot({ ...OPTIONS, expiration: 5 })])).toEqual([
      'expiration: must be a whole number of seconds from 60 to 86400',
    ]);
  });
});

describe('an application with a data source of its own making starts', () => {
  it('if a module provides it under the token of its name', async () => {
    @Module({ imports: [source({ name: 'phones' })] })
    class StorageModule {}

    const options = { ...OPTIONS, dataSource: 'phones' };
    expect(await faultsOf([StorageModule, PhoneVerifyModule.forRoot(options)])).toEqual([]);
    expect(getDataSourceToken('phones')).toBe('phonesDataSource');
  });
});

it('an application whose Redis is down starts, and its log calls it Redis', async () => {
  const refuse = async (): Promise<never> => {
    throw new Error('connect ECONNREFUSED');
  };
  const logger = new RecordedLogs();
  const test = await startApplication({
    phoneVerify: { limits: { store: { redis: { eval: refuse, evalsha: refuse } } } },
    logger,
  });

  const atStart = logger.text;
  const { status } = await register(test.app);
  await test.close();

  expect(atStart).toContain('Redis is not available.');
  expect(atStart).not.toMatch(/(limit store|database) is not available/);
  expect(status).toBe(503);
  expect(logger.text.replace(atStart, '')).toMatch(/error: .*Redis is not available\./);
});

describe('options in the wrong place', () => {
  it('are explained where a factory gives a static option', async () => {
    const given = { ...OPTIONS, isGlobal: true, dataSource: 'phones' };

    expect(await faultsOf([source(), PhoneVerifyModule.forRootAsync({ useFactory: () => given })])).toEqual([
      'isGlobal: is a static option, which a factory cannot give; put `isGlobal` beside `useFactory`',
      'dataSource: is a static option, which a factory cannot give; put `dataSource` beside `useFactory`',
    ]);
  });

  it.each([undefined, null, 'text', 7])('are explained for forRoot(%j)', (options) => {
    expect(() => PhoneVerifyModule.forRoot(options as never)).toThrow(
      new PhoneVerifyConfigurationError('forRoot: give it an object with `backend` and `appName`'),
    );
  });

  it.each([undefined, null, 'text', 7])('are explained for forRootAsync(%j)', (options) => {
    expect(() => PhoneVerifyModule.forRootAsync(options as never)).toThrow(
      new PhoneVerifyConfigurationError(
        'forRootAsync: give it an object with one of useFactory, useClass and useExisting',
      ),
    );
  });

  it('of forRoot without content are each named', async () => {
    expect(await faultsOf([source(), PhoneVerifyModule.forRoot({} as never)])).toEqual([
      'backend: is required: a class that extends BaseBackend, or an instance of one',
      'appName: is required',
    ]);
  });
});

describe('an unknown setting of a backend for development', () => {
  const SANDBOX = 'options.token: is not an option; the options are sandboxToken, allowInProduction';
  const CONSOLE = 'options.sandboxToken: is not an option; the options are allowInProduction';
  const async = (options: PhoneVerifyModuleAsyncOptions): Imports[number] => PhoneVerifyModule.forRootAsync(options);

  it.each([
    ['SandboxBackend', { ...OPTIONS, options: { token: '1234' } }, [SANDBOX]],
    ['ConsoleBackend', { ...OPTIONS, backend: ConsoleBackend, options: { sandboxToken: '1234' } }, [CONSOLE]],
    ['a provider form', { ...OPTIONS, backend: { useClass: SandboxBackend }, options: { token: '1' } }, [SANDBOX]],
    [
      'a composite',
      {
        ...OPTIONS,
        backend: FailoverBackend,
        options: { backends: [{ backend: SandboxBackend, options: { token: '1234' } }] },
      },
      [`options.backends[0].${SANDBOX}`],
    ],
  ])('is refused by %s', async (_name, options, faults) => {
    expect(await faultsOf([source(), PhoneVerifyModule.forRoot(options)])).toEqual(faults);
  });

  it('is refused when a factory gives it', async () => {
    const useFactory = () => ({ ...OPTIONS, options: { token: '1234' } });

    expect(await faultsOf([source(), async({ useFactory })])).toEqual([SANDBOX]);
  });

  it('is accepted by a subclass, which may have more settings', async () => {
    class OwnSandbox extends SandboxBackend {}
    const options = { ...OPTIONS, backend: OwnSandbox, options: { token: '1234' } };

    expect(await faultsOf([source(), PhoneVerifyModule.forRoot(options)])).toEqual([]);
  });

  it('is accepted where a test overrides another backend, whose settings they are', async () => {
    class ProviderBackend extends SandboxBackend {}
    const options = { ...OPTIONS, backend: ProviderBackend, options: { token: '1234' } };
    const override = (builder: Builder): Builder =>
      builder.overrideProvider(PHONE_VERIFY_BACKEND).useClass(SandboxBackend);

    expect(await faultsOf([source(), PhoneVerifyModule.forRoot(options)], override)).toEqual([]);
  });
});

describe('options that a class inherits', () => {
  class Options {
    readonly backend = SandboxBackend;
    readonly appName = 'Acme';

    authorizeSend(): boolean {
      return false;
    }
  }

  it('are refused by forRoot, because they would be lost', () => {
    expect(() => PhoneVerifyModule.forRoot(new Options())).toThrow(
      'authorizeSend: is inherited from a class; give the options as a plain object with this property',
    );
  });

  it('are refused from a factory', async () => {
    const module = PhoneVerifyModule.forRootAsync({ useFactory: () => new Options() });

    expect(await faultsOf([source(), module])).toEqual([
      'authorizeSend: is inherited from a class; give the options as a plain object with this property',
    ]);
  });
});
