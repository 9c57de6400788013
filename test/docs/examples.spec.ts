import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as library from '../../lib/index.js';
import { startGraphQLApplication } from '../support/graphql.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { ROOT } from './pages.js';

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-examples');
});

afterAll(() => examples.remove());

const TABLES = {
  autoLoadEntities: true,
  migrations: library.phoneVerifyMigrations,
  migrationsRun: true,
} as const;

describe('the examples of the documentation', () => {
  it('start with each provider', async () => {
    vi.stubEnv('TWILIO_SID', 'AC1');
    vi.stubEnv('TWILIO_SECRET', 'secret');
    const { phones: twilio } = await examples.load('docs/providers.md', 'twilio.module.ts');
    const { phones: aws } = await examples.load('docs/providers.md', 'aws.module.ts');
    const { phones: gateway } = await examples.load('docs/providers.md', 'gateway.module.ts');
    const { phones: failover } = await examples.load('docs/providers.md', 'failover.module.ts');
    const sender = { from: 'Acme' };
    const composite = failover(
      { sid: 'AC1', secret: 's', ...sender },
      { key: 'k', secret: 's', ...sender },
      { authId: 'MA1', authToken: 't', ...sender },
    );

    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', ...TABLES } as const;
    const names: string[] = [];
    for (const phones of [twilio, aws, gateway, composite]) {
      const module = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(database), phones] }).compile();
      await module.init();
      names.push(module.get<library.BaseBackend>(library.PHONE_VERIFY_BACKEND).constructor.name);
      await module.close();
    }
    vi.unstubAllEnvs();

    expect(names).toEqual(['TwilioBackend', 'AwsSnsBackend', 'HttpBackend', 'RoutingBackend']);
  });

  it('start with their limits', async () => {
    const { LimitsModule } = await examples.load('docs/limits.md', 'limits.module.ts');
    const { phonesWith } = await examples.load('docs/limits.md', 'redis.module.ts');
    const { CaptchaModule } = await examples.load('docs/limits.md', 'captcha.module.ts');
    const redis: library.RedisClient = { eval: async () => null, evalsha: async () => null };
    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', ...TABLES } as const;
    const started: library.ResolvedPhoneVerifyOptions[] = [];
    for (const phones of [LimitsModule, phonesWith(redis), CaptchaModule]) {
      const module = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(database), phones] }).compile();
      const app = module.createNestApplication({ logger: false });
      await app.init();
      started.push(app.get(library.PHONE_VERIFY_OPTIONS, { strict: false }));
      await app.close();
    }
    const [limited, onRedis, guarded] = started;

    expect(limited?.limits.conversion).toMatchObject({ minimumVerified: 0.2, mode: 'enforce', minimumSent: 50 });
    expect(onRedis?.limits.store).toHaveProperty('redis', redis);
    expect(guarded?.authorizeSend).toBeTypeOf('function');
  });

  it('verify the CAPTCHA that the header of the request has', async () => {
    const { CaptchaModule } = await examples.load('docs/limits.md', 'captcha.module.ts');
    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', autoLoadEntities: true } as const;
    const imports = [TypeOrmModule.forRoot(database), CaptchaModule];
    const module = await Test.createTestingModule({ imports }).compile();
    const { authorizeSend } = module.get<library.ResolvedPhoneVerifyOptions>(library.PHONE_VERIFY_OPTIONS, {
      strict: false,
    });
    await module.close();
    const verification = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ success: true }));
    const send = { phoneNumber: NUMBER, country: 'US', ip: '203.0.113.7', subject: undefined, purpose: '' };
    const isAuthorized = (headers: library.IncomingRequest['headers'] | undefined, ownNumber = false) =>
      authorizeSend?.({ ...send, ownNumber, request: headers && { headers }, usage: async () => [] });

    expect(await isAuthorized({ 'x-captcha-token': 'solved' })).toBe(true);
    const sent = await new Response(verification.mock.lastCall?.[1]?.body).text();
    expect(sent).toContain('response=solved&remoteip=203.0.113.7');
    expect([await isAuthorized({}), await isAuthorized(undefined), await isAuthorized(undefined, true)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(verification).toHaveBeenCalledTimes(1);
    verification.mockRestore();
  });

  it('name the client by Cloudflare, by the signed-in user and by a signed device, and believe nobody else', async () => {
    const { phonesBehindCloudflare } = await examples.load('docs/limits.md', 'cloudflare.module.ts');
    const { phonesOfAccounts } = await examples.load('docs/limits.md', 'accounts.module.ts');
    const { phonesOfDevices } = await examples.load('docs/limits.md', 'devices.module.ts');
    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', autoLoadEntities: true } as const;
    const identifyWith = async (phones: DynamicModule): Promise<library.IdentifyClient> => {
      const module = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(database), phones] }).compile();
      const { identifyClient } = module.get<library.ResolvedPhoneVerifyOptions>(library.PHONE_VERIFY_OPTIONS);
      await module.close();
      return identifyClient ?? (() => ({ subject: 'not configured' }));
    };

    const byCloudflare = await identifyWith(phonesBehindCloudflare(['173.245.48.0/20', '2400:cb00::/32']));
    const headers = { 'cf-connecting-ip': '203.0.113.7' };
    for (const ip of ['173.245.48.1', '::ffff:173.245.48.1', '2400:cb00::1'])
      expect(byCloudflare({ ip, headers })).toEqual({ ip: '203.0.113.7' });
    for (const ip of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1', '127.0.0.1', undefined])
      expect(byCloudflare({ ip, headers })).toEqual({});
    expect(byCloudflare({ ip: '173.245.48.1', headers: {} })).toEqual({});

    const byAccount = await identifyWith(phonesOfAccounts);
    const signedIn = { headers: {}, user: { id: 'ada' } };
    expect(byAccount(signedIn)).toEqual({ subject: 'ada' });
    expect(byAccount({ headers: { user: 'ada' } })).toEqual({ subject: undefined });

    const byDevice = await identifyWith(phonesOfDevices('secret'));
    const signature = createHmac('sha256', 'secret').update('d1').digest('base64url');
    const ofDevice = (device: string | undefined) => byDevice({ headers: { 'x-device': device } });
    expect(ofDevice(`d1.${signature}`)).toEqual({ subject: 'device d1' });
    for (const device of [`d2.${signature}`, 'd1.', 'd1', '', undefined]) expect(ofDevice(device)).toEqual({});
  });

  it('include a backend that sends, and reports what the provider responds', async () => {
    const { NexmoBackend } = await examples.load('docs/custom-backend.md', 'nexmo.backend.ts');
    const backend: library.BaseBackend = new NexmoBackend({ key: 'k', secret: 's', from: 'Acme' });
    const answer = vi.spyOn(globalThis, 'fetch');

    answer.mockResolvedValueOnce(Response.json({ messages: [{ status: '0', 'message-id': 'm1' }] }));
    expect(await backend.sendSms(NUMBER, 'Hi')).toEqual({ backend: 'nexmo', messageId: 'm1' });
    expect(answer.mock.calls[0]?.[1]?.body).toContain(`"to":"${NUMBER.slice(1)}","text":"Hi"`);
    answer.mockResolvedValueOnce(new Response('', { status: 429 }));
    await expect(backend.sendSms(NUMBER, 'Hi')).rejects.toMatchObject({ kind: 'throttled' });
    answer.mockResolvedValueOnce(Response.json({ messages: [{ status: '4' }] }));
    await expect(backend.sendSms(NUMBER, 'Hi')).rejects.toMatchObject({ kind: 'misconfigured' });
    expect(backend.generateMessage?.('1234', { username: 'Ada' })).toBe('Hi Ada, your code is 1234.');
    answer.mockRestore();
  });

  it('include tests of a custom backend, which pass', async () => {
    const tests: { name: string; run: (context: object) => Promise<void> }[] = [];
    vi.stubGlobal('describe', (_name: string, define: () => void) => define());
    vi.stubGlobal('it', (name: string, run: (context: object) => Promise<void>) => tests.push({ name, run }));
    await examples.load('docs/custom-backend.md', 'acme.backend.spec.ts');
    vi.unstubAllGlobals();
    const skip = vi.fn<(reason: string) => void>();

    for (const { run } of tests) await run({ skip });

    expect(tests.length).toBeGreaterThan(15);
    // All but the three hooks, which it does not have.
    expect(skip.mock.calls.flat().every((reason) => reason.startsWith('the backend has no'))).toBe(true);
    expect(skip).toHaveBeenCalledTimes(3);
  });

  it('include a sandbox that accepts every code', async () => {
    const { NexmoSandboxBackend } = await examples.load('docs/custom-backend.md', 'nexmo-sandbox.backend.ts');
    const sandbox: library.BaseBackend = new NexmoSandboxBackend({});

    expect(sandbox.generateSecurityCode?.()).toBe('123456');
    expect(sandbox.validateSecurityCode?.('1', NUMBER, 'x')).toEqual({ status: 'security_code_valid' });
  });

  it('verify in a test without HTTP', async () => {
    const { verifyInATest } = await examples.load('docs/testing.md', 'sign-up.spec.ts');

    expect(await verifyInATest()).toBe('security_code_valid');
  });

  it('send and check over GraphQL, and show clients only what is meant for them', async () => {
    const { PhoneResolver } = await examples.load('docs/service.md', 'phone.resolver.ts');
    const app = await startGraphQLApplication(PhoneResolver);
    const send = vi.spyOn(app.service, 'sendSecurityCode');
    const request = { ip: '203.0.113.7', headers: { 'accept-language': 'de' } };
    const sendTo = (number: string) =>
      app.run(`mutation { sendCode(phoneNumber: "${number}") { sessionToken codeLength } }`, request);
    const checkWith = (token: string, code: string) => {
      const args = `phoneNumber: "${NUMBER}", sessionToken: "${token}", securityCode: "${code}"`;
      return app.run(`mutation { checkCode(${args}) { status attemptsLeft verificationToken } }`, request);
    };
    const codeOf = ({ errors }: { errors?: readonly { extensions: object }[] }) => errors?.[0]?.extensions;

    const { data } = await sendTo(NUMBER);
    const { sessionToken } = Object(data?.['sendCode']);
    expect(send).toHaveBeenLastCalledWith(NUMBER, { ip: '203.0.113.7', language: 'de' });
    const invalid = { status: 'security_code_invalid', verificationToken: null };
    expect(await checkWith('unknown', CORRECT_CODE)).toEqual({
      data: { checkCode: { ...invalid, attemptsLeft: null } },
    });
    expect(await checkWith(sessionToken, '000000')).toEqual({ data: { checkCode: { ...invalid, attemptsLeft: 4 } } });
    const right = { status: 'security_code_valid', attemptsLeft: null, verificationToken: expect.any(String) };
    expect(await checkWith(sessionToken, CORRECT_CODE)).toEqual({ data: { checkCode: right } });

    expect(codeOf(await sendTo('+1'))).toEqual({ code: 'phone_number_invalid' });
    const again = `mutation { resendCode(phoneNumber: "${NUMBER}", sessionToken: "unknown") { sessionToken } }`;
    expect(codeOf(await app.run(again, request))).toEqual({ code: 'security_code_invalid' });
    const sent = { sessionToken } as library.SentVerification;
    const unsent = new library.SmsDeliveryError('rejected', 'The provider says no.');
    send.mockRejectedValueOnce(Object.defineProperty(unsent, 'sent', { value: sent }));
    expect(codeOf(await sendTo(NUMBER))).toEqual({ code: 'sms_delivery_failed', sessionToken });
    send.mockRejectedValueOnce(new library.RateLimitedError(30));
    expect(codeOf(await sendTo(NUMBER))).toEqual({ code: 'rate_limited', retryAfter: 30 });
    send.mockRejectedValueOnce(new library.StorageUnavailableError({ cause: new Error('at 10.0.0.1') }));
    const { errors } = await sendTo(NUMBER);
    expect(JSON.stringify(errors)).toContain('"message":"Service temporarily unavailable."');
    expect(JSON.stringify(errors)).not.toContain('10.0.0.1');
    await app.close();
  });

  it('include an HTTP test, which passes when Vitest runs it', () => {
    const config = join(examples.folder, 'vitest.config.ts');
    writeFileSync(
      config,
      `import shared from '../../vitest.config.js';
export default { resolve: shared.resolve, test: { include: ['testing/*.e2e-spec.ts'], env: { NODE_ENV: 'test' } } };
`,
    );
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const parameters = [vitest, 'run', '--config', config, '--root', examples.folder, '--reporter=json'];
    const report = JSON.parse(execFileSync(process.execPath, parameters, { cwd: ROOT, encoding: 'utf8' }));

    expect(report).toMatchObject({ success: true, numPassedTests: 2, numFailedTests: 0 });
  }, 120_000);
});
