import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  type INestApplication,
  Module,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { describe, expect, it } from 'vitest';
import {
  BaseBackend,
  PhoneVerificationService,
  PhoneVerifyModule,
  phoneVerifyMigrations,
  SandboxBackend,
  type SendContext,
} from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { freshDatabase } from '../support/databases.js';
import { GuardedModule, PURPOSES } from '../support/guarded-routes.js';
import { NUMBER, post, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

@Catch()
class ReshapingFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { reshaped: true }, 418);
  }
}

const SETUPS: readonly (readonly [string, (app: INestApplication) => void, string])[] = [
  ['nothing', () => undefined, ''],
  ['a ValidationPipe', (app) => app.useGlobalPipes(new ValidationPipe()), ''],
  [
    'a strict ValidationPipe',
    (app) => app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true })),
    '',
  ],
  [
    'a ValidationPipe with its own errors',
    (app) => app.useGlobalPipes(new ValidationPipe({ exceptionFactory: () => new BadRequestException('own') })),
    '',
  ],
  ['a global prefix', (app) => app.setGlobalPrefix('api'), '/api'],
  ['versioning by URI', (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }), ''],
  ['versioning by header', (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }), ''],
  [
    'a filter that reshapes every error',
    (app) => app.useGlobalFilters(new ReshapingFilter(app.get(HttpAdapterHost))),
    '',
  ],
];

/** The responses to one run through the routes, without values that differ between runs. */
async function responsesOf({ app }: TestApplication, prefix: string): Promise<object[]> {
  const all: object[] = [];
  const ask = async (route: string, body: object): Promise<Record<string, string>> => {
    const response = await post(app, `${prefix}/phone/${route}`, body);
    const { session_token: _session, verification_token: _verificationToken, ...rest } = response.body;
    all.push({ status: response.status, body: rest, cache: response.headers['cache-control'] });
    return response.body;
  };
  const { session_token } = await ask('register', { phone_number: NUMBER, extra: 1 });
  await ask('register', {});
  await ask('register', { phone_number: 7 });
  await ask('register', { phone_number: 'none' });
  await ask('verify', { phone_number: NUMBER, session_token, security_code: WRONG_CODE });
  await ask('resend', { phone_number: NUMBER, session_token });
  await ask('verify', { phone_number: NUMBER, session_token, security_code: CORRECT_CODE });
  await ask('verify', { phone_number: NUMBER, session_token, security_code: CORRECT_CODE });
  return all;
}

describe.each(ADAPTERS)('in an application on %s', (adapter) => {
  it.each(SETUPS)('the responses are the same with %s', async (_name, configure, prefix) => {
    const plain = await startApplication();
    const expected = await responsesOf(plain, '');
    await plain.close();
    const test = await startApplication({ adapter, configure });

    expect(await responsesOf(test, prefix)).toEqual(expected);
    await test.close();
  });

  it('the option path moves the routes', async () => {
    const test = await startApplication({ adapter, phoneVerify: { path: 'account/phone' } });

    await post(test.app, '/account/phone/register', { phone_number: NUMBER }).expect(200);
    await post(test.app, '/phone/register', { phone_number: NUMBER }).expect(404);

    await test.close();
  });

  it('the service works without routes if controllers is false', async () => {
    const test = await startApplication({ adapter, phoneVerify: { controllers: false } });

    await post(test.app, '/phone/register', { phone_number: NUMBER }).expect(404);
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

    expect(status).toBe('security_code_valid');
    await test.close();
  });

  it.each([
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt-BR'],
    ['en;q=0.2, de;q=0.9', 'de'],
    ['ar', 'ar'],
    ['*', undefined],
    ['fr;q=NaN', undefined],
    ['en;q=0', undefined],
    ['../../x', undefined],
    ['__proto__', undefined],
    [`en,${'x'.repeat(6000)}`, undefined],
    [Array.from({ length: 1000 }, (_, index) => `a${index % 9}`).join(','), undefined],
  ])('Accept-Language %j is passed to the backend as %s', async (header, language) => {
    const sends: SendContext[] = [];
    class RecordingBackend extends BaseBackend {
      override async sendSms(_number: string, _message: string, send: SendContext): Promise<void> {
        sends.push(send);
      }
    }
    const test = await startApplication({ adapter, phoneVerify: { backend: RecordingBackend } });

    await post(test.app, '/phone/register', { phone_number: NUMBER }).set('accept-language', header).expect(200);

    expect(sends[0]?.language).toBe(language);
    await test.close();
  });
});

it('the service works in an application without HTTP, beside guarded routes', async () => {
  const database = await freshDatabase('sqlite');
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...database.options,
        autoLoadEntities: true,
        migrations: phoneVerifyMigrations,
        migrationsRun: true,
      }),
      PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', isGlobal: true, purposes: PURPOSES }),
      GuardedModule,
    ],
  })
  class WorkerModule {}
  const worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false });

  const service = worker.get(PhoneVerificationService, { strict: false });
  const { sessionToken } = await service.sendSecurityCode(NUMBER);
  const { status } = await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

  expect(status).toBe('security_code_valid');
  await worker.close();
  await database.drop();
});

it('a backend gets the context of a send, and no secret', async () => {
  const sends: SendContext[] = [];
  class RecordingBackend extends BaseBackend {
    override async sendSms(_number: string, _message: string, send: SendContext): Promise<void> {
      sends.push(send);
    }

    override generateSecurityCode(): string {
      return CORRECT_CODE;
    }
  }
  const test = await startApplication({ phoneVerify: { backend: RecordingBackend, delivery: { timeoutMs: 2000 } } });
  const service = test.app.get(PhoneVerificationService);

  const { sessionToken } = await service.sendSecurityCode(NUMBER, { language: 'de' });
  await service.resendSecurityCode(NUMBER, sessionToken);
  await service.resendSecurityCode(NUMBER, sessionToken);

  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(sends[0]).toEqual({
    signal: expect.any(AbortSignal),
    deadline: new Date(test.clock.now() + 2000),
    expiresAt: new Date(test.clock.now() + 600_000),
    country: 'US',
    language: 'de',
    purpose: '',
    sendId: expect.stringMatching(uuid),
    sendNumber: 1,
  });
  expect(sends.map(({ sendNumber, previous }) => [sendNumber, previous])).toEqual([
    [1, undefined],
    [2, { backend: 'RecordingBackend' }],
    [3, { backend: 'RecordingBackend' }],
  ]);
  expect(Object.getOwnPropertySymbols(sends[0])).toEqual([]);
  expect(new Set(sends.map(({ sendId }) => sendId)).size).toBe(3);
  expect(JSON.stringify(sends)).not.toContain(CORRECT_CODE);
  expect(JSON.stringify(sends)).not.toContain(sessionToken);
  await test.close();
});
