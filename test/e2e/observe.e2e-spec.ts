import { types } from 'node:util';
import { type INestApplication, Injectable, Module } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BaseBackend,
  FailoverBackend,
  type MessageContext,
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PHONE_VERIFY_OPTIONS,
  PhoneVerificationService,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  type PhoneVerifyModuleOptions,
  type PhoneVerifyOptions,
  phoneVerifyMigrations,
  RoutingBackend,
  SandboxBackend,
  type SendToAuthorize,
} from '../../lib/index.js';
import { ADAPTERS, type Adapter, startApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { GuardedModule } from '../support/guarded-routes.js';
import { instrument, observeModule } from '../support/observe.js';
import {
  NUMBER,
  OTHER_NUMBER,
  openSession,
  post,
  register,
  resend,
  CORRECT_CODE,
  verify,
  WRONG_CODE,
} from '../support/requests.js';

let database: FreshDatabase;
let app: INestApplication | undefined;

beforeEach(async () => {
  database = await freshDatabase('sqlite');
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
});

/** Starts an application whose providers `@nestjs/observe` wraps. */
async function start(
  phoneVerify: Parameters<typeof PhoneVerifyModule.forRootAsync>[0] | PhoneVerifyModuleOptions,
  {
    adapter = 'express',
    imports = [],
  }: { adapter?: Adapter; imports?: NonNullable<PhoneVerifyModuleOptions['imports']> } = {},
): Promise<INestApplication> {
  @Module({
    imports: [
      observeModule(),
      TypeOrmModule.forRoot({
        ...database.options,
        autoLoadEntities: true,
        migrations: phoneVerifyMigrations,
        migrationsRun: true,
      }),
      'appName' in phoneVerify ? PhoneVerifyModule.forRoot(phoneVerify) : PhoneVerifyModule.forRootAsync(phoneVerify),
      ...imports,
    ],
  })
  class AppModule {}
  const http = adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  app = await NestFactory.create(AppModule, http, { instrument, logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

const OPTIONS = { backend: SandboxBackend, appName: 'Acme', cleanup: false, isGlobal: true } as const;

describe.each(ADAPTERS)('under @nestjs/observe, which wraps every provider, on %s,', (adapter) => {
  it('a phone is verified, with every function that the options can have, and consumed by a guarded route', async () => {
    const authorized: SendToAuthorize[] = [];
    const authorizeSend = async (send: SendToAuthorize): Promise<boolean> => {
      authorized.push(send);
      return (await send.usage()).every(({ used, max }) => used < max);
    };
    const limits = { resendAfter: 1 };
    const running = await start(
      { ...OPTIONS, authorizeSend, limits, purposes: ['login', 'change-phone'], messages: { de: '{security_code}' } },
      { adapter, imports: [GuardedModule] },
    );

    const token = await openSession(running);
    const wrong = await verify(running, NUMBER, token, WRONG_CODE);
    const right = await verify(running, NUMBER, token, CORRECT_CODE);
    const { verification_token } = right.body;
    const once = await post(running, '/account/once', { verification_token });
    const again = await post(running, '/account/once', { verification_token });

    expect(types.isProxy(running.get(PhoneVerificationService))).toBe(true);
    expect(types.isProxy(running.get(PHONE_VERIFY_OPTIONS))).toBe(true);
    expect(authorized).toMatchObject([{ phoneNumber: NUMBER, purpose: '' }]);
    expect(wrong.body).toMatchObject({ code: 'security_code_invalid', attempts_left: 4 });
    expect(right.status).toBe(200);
    expect([once.status, again.status]).toEqual([201, 403]);
  });

  it('a resend, a refusal and the methods of the service work', async () => {
    const running = await start(
      { ...OPTIONS, limits: { resendAfter: false, perNumber: [{ max: 2, seconds: 60 }] } },
      { adapter },
    );
    const service = running.get(PhoneVerificationService);

    const token = await openSession(running);
    const resent = await resend(running, NUMBER, token);
    const refused = await register(running, NUMBER);
    const described = await service.describePhone(NUMBER);
    await service.clearLimits(NUMBER);

    expect([resent.status, refused.status]).toEqual([200, 429]);
    expect(described.sessions).toHaveLength(1);
    expect(described.budgets[0]).toMatchObject({ rule: 'perNumber', left: 0 });
    expect((await register(running, NUMBER)).status).toBe(200);
    expect(await service.forgetPhone(NUMBER)).toMatchObject({ deleted: 2 });
    expect(await service.purgeExpired()).toEqual({ deleted: 0 });
  });
});

describe('under @nestjs/observe', () => {
  it('options work that are frozen, with functions in them, from a factory', async () => {
    const send = (_number: string, text: string): void => void sent.push(text);
    const sent: string[] = [];
    class OwnBackend extends BaseBackend<{ send: typeof send }> {
      override async sendSms(number: string, text: string): Promise<void> {
        this.options.send(number, text);
      }

      override generateMessage(code: string, context?: MessageContext): string {
        return `${code} ${context?.['name'] ?? ''}`;
      }
    }
    const given: PhoneVerifyOptions = Object.freeze({
      backend: OwnBackend,
      appName: 'Acme',
      options: Object.freeze({ send }),
      authorizeSend: () => true,
    });
    const running = await start({ useFactory: () => given });

    expect((await register(running)).status).toBe(200);
    expect(sent).toEqual([expect.stringMatching(/^\d{6} $/)]);
    expect(typeof running.get(PHONE_VERIFY_BACKEND_OPTIONS).send).toBe('function');
  });

  it('a composite sends, also in bulk, through a backend that is a provider', async () => {
    @Injectable()
    class ProvidedBackend extends SandboxBackend {}
    @Module({
      providers: [{ provide: ProvidedBackend, useFactory: () => new ProvidedBackend({}) }],
      exports: [ProvidedBackend],
    })
    class BackendModule {}
    const running = await start({
      ...OPTIONS,
      imports: [BackendModule],
      backend: FailoverBackend,
      options: {
        backends: [
          {
            backend: RoutingBackend,
            options: {
              routes: [{ countries: ['US'], backend: { useExisting: ProvidedBackend } }],
              otherwise: { backend: SandboxBackend },
            },
          },
        ],
      },
      limits: false,
    });

    expect((await register(running)).status).toBe(200);
    const results = await running.get(PhoneVerificationService).sendBulkSms([NUMBER, OTHER_NUMBER], 'A notice');

    expect(results).toMatchObject([
      { number: NUMBER, receipt: { backend: 'ProvidedBackend' } },
      { number: OTHER_NUMBER, receipt: { backend: 'SandboxBackend' } },
    ]);
    expect(running.get(ProvidedBackend, { strict: false }).outbox).toHaveLength(2);
  });

  it('the backends inside a composite that is a provider are started once by it, and once by the composite around it', async () => {
    const calls: string[] = [];
    class HookedBackend extends SandboxBackend {
      onModuleInit(): void {
        calls.push('onModuleInit');
      }
    }
    const backend = new HookedBackend({});
    @Module({
      providers: [{ provide: 'inner', useFactory: () => new RoutingBackend({ routes: [], otherwise: { backend } }) }],
      exports: ['inner'],
    })
    class InnerModule {}
    await start({
      ...OPTIONS,
      imports: [InnerModule],
      backend: {
        useFactory: (inner: RoutingBackend) => new FailoverBackend({ backends: [{ backend: inner }, { backend }] }),
        inject: ['inner'],
      },
    });

    expect(calls).toEqual(['onModuleInit', 'onModuleInit']);
  });

  it('a composite inside itself is a startup error', async () => {
    const starting = start({
      ...OPTIONS,
      backend: RoutingBackend,
      options: { routes: [], otherwise: { backend: { useExisting: PHONE_VERIFY_BACKEND } } },
    });

    await expect(starting).rejects.toThrow(PhoneVerifyConfigurationError);
    await expect(starting).rejects.toThrow('RoutingBackend is inside itself');
  });

  it('bulk messages of a backend without a sendBulkSms of its own each have their time limit', async () => {
    class HangingBackend extends BaseBackend {
      override async sendSms(number: string): Promise<void> {
        if (number === NUMBER) await new Promise(() => undefined);
      }
    }
    const running = await start({ ...OPTIONS, backend: HangingBackend, delivery: { timeoutMs: 50 } });

    const results = await running.get(PhoneVerificationService).sendBulkSms([NUMBER, OTHER_NUMBER], 'A notice');

    expect(results).toMatchObject([{ error: { kind: 'unknown' } }, { receipt: { backend: 'HangingBackend' } }]);
  });
});

/** What no proxy around a provider could replace: the value of a property that can be neither written nor configured. */
function fixedValues(provider: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(provider))
    .filter(([, { writable, configurable }]) => writable === false && configurable === false)
    .filter(([, { value }]) => typeof value === 'function' || (typeof value === 'object' && value !== null))
    .map(([name]) => name);
}

it('no provider of the module has a function or an object that a proxy around it cannot replace', async () => {
  const test = await startApplication({
    phoneVerify: {
      authorizeSend: () => true,
      limits: Object.freeze({ perNumber: [{ max: 1, seconds: 60 }] }),
      options: Object.freeze({ sandboxToken: CORRECT_CODE }),
      testNumbers: { numbers: { [OTHER_NUMBER]: '480915736204' } },
    },
  });
  const modules = [...test.app.get(ModulesContainer).values()].filter(({ metatype }) => metatype === PhoneVerifyModule);
  const wrappers = modules.flatMap(({ providers, controllers }) =>
    Array.from(providers.values()).concat(...controllers.values()),
  );
  const instances = wrappers.map(({ name, instance }) => ({ name: String(name), instance: Object(instance) }));
  await test.close();

  expect(instances.length).toBeGreaterThan(30);
  expect(
    instances
      .map(({ name, instance }) => ({ name, fixed: fixedValues(instance) }))
      .filter(({ fixed }) => fixed.length > 0),
  ).toEqual([]);
});
