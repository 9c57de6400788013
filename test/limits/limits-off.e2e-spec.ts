import { afterEach, describe, expect, it } from 'vitest';
import { Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PHONE_VERIFY_LIMITS,
  PHONE_VERIFY_OPTIONS,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  type PhoneVerifyOptions,
  type ResolvedPhoneVerifyOptions,
  SandboxBackend,
  SMSVerificationCounter,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, register, resend } from '../support/requests.js';

const OPTIONS = { backend: SandboxBackend, appName: 'Acme', cleanup: false } as const;
const testNumbers = { numbers: { [OTHER_NUMBER]: '480915736204' }, until: '2027-01-01' };

let test: TestApplication | undefined;
let database: FreshDatabase | undefined;

afterEach(async () => {
  Logger.overrideLogger(false);
  await test?.close();
  await database?.drop();
  test = undefined;
  database = undefined;
});

/** The statuses of more sends than any limit by default lets through, to a number and to a test number. */
async function statusesOfManySends({ app }: TestApplication): Promise<ReadonlySet<number>> {
  const statuses: number[] = [];
  for (let send = 0; send < 101; send += 1) statuses.push((await register(app, OTHER_NUMBER)).status);
  for (let send = 0; send < 12; send += 1) {
    const { status, body } = await register(app, NUMBER);
    statuses.push(status, (await resend(app, NUMBER, body.session_token)).status);
  }
  return new Set(statuses);
}

describe('limits: false', () => {
  it('lets everything through, also registers of test numbers, and counts nothing', async () => {
    test = await startApplication({ phoneVerify: { limits: false, testNumbers } });

    expect(await statusesOfManySends(test)).toEqual(new Set([200]));
    expect(await test.dataSource.getRepository(SMSVerificationCounter).count()).toBe(0);
  });

  it('leaves nothing to describe, and clears without an error', async () => {
    test = await startApplication({ phoneVerify: { limits: false, testNumbers } });

    expect((await test.service.describePhone(NUMBER)).budgets).toEqual([]);
    await expect(test.service.clearLimits(OTHER_NUMBER)).resolves.toBeUndefined();
  });
});

describe('an override of PHONE_VERIFY_LIMITS', () => {
  const withOverride = (value: unknown, phoneVerify: Partial<PhoneVerifyOptions> = {}): Promise<TestApplication> =>
    startApplication({
      module: PhoneVerifyModule.forRoot({ ...OPTIONS, testNumbers, ...phoneVerify }),
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_LIMITS).useValue(value),
    });

  it('with false turns the limits of the application off', async () => {
    test = await withOverride(false, { limits: { perNumber: [{ max: 1, seconds: 60 }] } });

    expect(await statusesOfManySends(test)).toEqual(new Set([200]));
  });

  it('with limits takes the place of those of the application', async () => {
    test = await withOverride({ resendAfter: 60 }, { limits: false });

    expect((await register(test.app)).body.resend_in).toBe(60);
    expect((await register(test.app)).status).toBe(429);
  });

  it('with undefined means the defaults', async () => {
    test = await withOverride(undefined, { limits: false });

    expect((await register(test.app)).body.resend_in).toBe(30);
  });

  it('is validated like the option', async () => {
    await expect(withOverride({ resendAfter: 0 })).rejects.toThrow('limits.resendAfter: must be a whole number');
  });

  it('works for options from a factory', async () => {
    test = await startApplication({
      module: PhoneVerifyModule.forRootAsync({ useFactory: () => ({ ...OPTIONS, testNumbers }) }),
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_LIMITS).useValue(false),
    });

    expect(await statusesOfManySends(test)).toEqual(new Set([200]));
  });

  it.each([
    ['the defaults', {}, undefined],
    ['those of the options', { limits: { resendAfter: 60 } }, { resendAfter: 60 }],
    ['false', { limits: false as const }, false],
  ])('is not needed: the provider has %s as they were given', async (_name, phoneVerify, given) => {
    test = await startApplication({ module: PhoneVerifyModule.forRoot({ ...OPTIONS, ...phoneVerify }) });

    expect(test.app.get(PHONE_VERIFY_LIMITS)).toEqual(given);
  });
});

describe('an override of PHONE_VERIFY_OPTIONS', () => {
  async function errorOf(value: unknown, by: 'useValue' | 'useFactory'): Promise<unknown> {
    database = await freshDatabase('sqlite');
    @Module({
      imports: [
        TypeOrmModule.forRoot({ ...database.options, autoLoadEntities: true, synchronize: true }),
        PhoneVerifyModule.forRoot({ ...OPTIONS, isGlobal: true }),
      ],
    })
    class AppModule {}
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const override = builder.overrideProvider(PHONE_VERIFY_OPTIONS);
    const overridden = by === 'useValue' ? override.useValue(value) : override.useFactory({ factory: () => value });
    return overridden.compile().then(
      async (module) => {
        await module.close();
        return undefined;
      },
      (error: unknown) => error,
    );
  }

  it.each([
    ['useValue', { limits: false }],
    ['useFactory', { limits: false }],
    ['useValue', { appName: 'Test' }],
    ['useFactory', { appName: 'Test' }],
    ['useValue', undefined],
    ['useValue', {}],
  ] as const)('with %s of the partial value %j names PHONE_VERIFY_LIMITS', async (by, value) => {
    const error = await errorOf(value, by);

    expect(error).toBeInstanceOf(PhoneVerifyConfigurationError);
    expect(String(error)).toMatch(/PHONE_VERIFY_OPTIONS: the override lacks .*`delivery`, `storage`/);
    expect(String(error)).toContain('To change the limits in a test, override PHONE_VERIFY_LIMITS');
  });

  it('with limits that were not resolved names PHONE_VERIFY_LIMITS', async () => {
    test = await startApplication();
    const resolved = test.app.get<ResolvedPhoneVerifyOptions>(PHONE_VERIFY_OPTIONS);
    const { options, secret } = resolved;

    const error = await errorOf({ ...resolved, options, secret, testNumbers: undefined, limits: false }, 'useValue');

    expect(error).toBeInstanceOf(PhoneVerifyConfigurationError);
    expect(String(error)).toContain('has `limits` that were not resolved; ');
  });

  it('with all resolved options is used', async () => {
    test = await startApplication();
    const resolved = test.app.get<ResolvedPhoneVerifyOptions>(PHONE_VERIFY_OPTIONS);
    const { options, secret, testNumbers: none } = resolved;
    await test.close();
    test = await startApplication({
      override: (builder) =>
        builder
          .overrideProvider(PHONE_VERIFY_OPTIONS)
          .useValue({ ...resolved, options, secret, testNumbers: none, expiration: 120 }),
    });

    const { expiresAt } = await test.service.sendSecurityCode(NUMBER);

    expect(expiresAt.getTime()).toBe(test.clock.now() + 120_000);
  });
});
