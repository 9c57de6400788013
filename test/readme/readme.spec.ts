import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as library from '../../lib/index.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { faultsOf } from '../support/configuration-faults.js';
import { startGraphQLApplication } from '../support/graphql.js';
import { NUMBER, openSession, RIGHT_CODE, verify } from '../support/requests.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const MANIFEST: { exports: object; peerDependenciesMeta: object } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

/** Where the blocks are written, so that they are compiled and run as the files they stand for. */
const FOLDER = join(ROOT, '.test-results/readme');

interface Block {
  readonly language: string;
  readonly text: string;
  /** The file that a block stands for: its first line says it. */
  readonly file: string;
}

const blocks: readonly Block[] = Array.from(
  README.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm),
  ([, language = '', text = '']) => ({ language, text, file: /^\/\/ (\S+\.ts)$/m.exec(text)?.[1] ?? '' }),
);

/** Rows of the table under a heading, as their cells. */
function table(firstCell: string): string[][] {
  const start = README.indexOf(`| ${firstCell} `);
  const [, , ...rows] = README.slice(start, README.indexOf('\n\n', start)).split('\n');
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Whether an optional package is a provider's, and not one of an application's other tools. */
function isSdk(name: string): boolean {
  return !/^@(nestjs|opentelemetry)\//.test(name);
}

/** What stands in a cell as code. */
function namesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`(\w+)`/g), ([, name = '']) => name);
}

/** Limits as an application would write them. */
function limitDefaults({ store, rules, conversion }: library.ResolvedLimits): Record<string, unknown> {
  const entriesOf = (rule: library.LimitRule): unknown => {
    const entries = rules.filter((limit) => limit.rule === rule).map(({ max, seconds }) => ({ max, seconds }));
    return entries.length > 0 && entries;
  };
  return {
    'limits.store': store,
    'limits.resendAfter': rules.find(({ rule }) => rule === 'resendAfter')?.seconds,
    'limits.perNumber': entriesOf('perNumber'),
    'limits.perIp': entriesOf('perIp'),
    'limits.perPrefix': entriesOf('perPrefix'),
    'limits.perCountry': entriesOf('perCountry'),
    'limits.total': entriesOf('total'),
    'limits.conversion': conversion,
  };
}

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { language, text, file } of blocks) if (language === 'ts') writeFileSync(join(FOLDER, file), text);
  const compilerOptions = {
    noEmit: true,
    declaration: false,
    rootDir: '../..',
    lib: ['es2023', 'dom', 'dom.iterable'],
    paths: {
      'nestjs-phone-verify': ['../../lib/index.ts'],
      'nestjs-phone-verify/*': ['../../lib/*/index.ts', '../../lib/backends/*/index.ts'],
    },
  };
  const tsconfig = { extends: '../../tsconfig.json', compilerOptions, include: ['.'] };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(tsconfig));
});

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('the code of the README', () => {
  it('is all in files of a name of its own', () => {
    const files = blocks.filter(({ language }) => language === 'ts').map(({ file }) => file);

    expect(files.length).toBeGreaterThanOrEqual(8);
    expect(files).not.toContain('');
    expect(new Set(files).size).toBe(files.length);
  });

  it('compiles', () => {
    const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
    const compile = (): string => execFileSync(process.execPath, [compiler, '-p', FOLDER], { encoding: 'utf8' });

    expect(compile()).toBe('');
  }, 180_000);

  it('starts the application of the quick start, which sends and checks a code', async () => {
    const { AppModule } = await import(join(FOLDER, 'app.module.ts'));
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();

    const { status } = await verify(app, NUMBER, await openSession(app), RIGHT_CODE);

    expect(status).toBe(200);
    await app.close();
    rmSync(join(ROOT, 'app.sqlite'), { force: true });
  });

  it('starts with each of its providers', async () => {
    vi.stubEnv('TWILIO_SID', 'AC1');
    vi.stubEnv('TWILIO_SECRET', 'secret');
    const { phones: twilio } = await import(join(FOLDER, 'twilio.module.ts'));
    const { phones: aws } = await import(join(FOLDER, 'aws.module.ts'));
    const { phones: gateway } = await import(join(FOLDER, 'gateway.module.ts'));
    const { phones: failover } = await import(join(FOLDER, 'failover.module.ts'));
    const sender = { from: 'Acme' };
    const composite = failover(
      { sid: 'AC1', secret: 's', ...sender },
      { key: 'k', secret: 's', ...sender },
      { authId: 'MA1', authToken: 't', ...sender },
    );

    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', autoLoadEntities: true } as const;
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

  it('starts with its limits', async () => {
    const { LimitsModule } = await import(join(FOLDER, 'limits.module.ts'));
    const { phonesWith } = await import(join(FOLDER, 'redis.module.ts'));
    const { CaptchaModule } = await import(join(FOLDER, 'captcha.module.ts'));
    const redis: library.RedisClient = { eval: async () => null, evalsha: async () => null };
    const driver: unknown = createRequire(import.meta.url)('libsql');
    const database = { type: 'better-sqlite3', driver, database: ':memory:', autoLoadEntities: true } as const;
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

  it('sends with its backend, and says what the provider answers', async () => {
    const { NexmoBackend } = await import(join(FOLDER, 'nexmo.backend.ts'));
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

  it("tests a backend of one's own, which passes", async () => {
    const tests: { name: string; run: (context: object) => Promise<void> }[] = [];
    vi.stubGlobal('describe', (_name: string, define: () => void) => define());
    vi.stubGlobal('it', (name: string, run: (context: object) => Promise<void>) => tests.push({ name, run }));
    await import(join(FOLDER, 'acme.backend.spec.ts'));
    vi.unstubAllGlobals();
    const skip = vi.fn<(reason: string) => void>();

    for (const { run } of tests) await run({ skip });

    expect(tests.length).toBeGreaterThan(15);
    // All but the three hooks, which it does not have.
    expect(skip.mock.calls.flat().every((reason) => reason.startsWith('the backend has no'))).toBe(true);
    expect(skip).toHaveBeenCalledTimes(3);
  });

  it('has a sandbox that takes every code', async () => {
    const { NexmoSandboxBackend } = await import(join(FOLDER, 'nexmo-sandbox.backend.ts'));
    const sandbox: library.BaseBackend = new NexmoSandboxBackend({});

    expect(sandbox.generateSecurityCode?.()).toBe('123456');
    expect(sandbox.validateSecurityCode?.('1', NUMBER, 'x')).toEqual({ status: 'security_code_valid' });
  });

  it('verifies in a test', async () => {
    const { verifyInATest } = await import(join(FOLDER, 'sign-up.spec.ts'));

    expect(await verifyInATest()).toBe('security_code_valid');
  });

  it('sends and checks over GraphQL, and shows of an error what is for the client', async () => {
    const { PhoneResolver } = await import(join(FOLDER, 'phone.resolver.ts'));
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
    expect(await checkWith('unknown', RIGHT_CODE)).toEqual({ data: { checkCode: { ...invalid, attemptsLeft: null } } });
    expect(await checkWith(sessionToken, '000000')).toEqual({ data: { checkCode: { ...invalid, attemptsLeft: 4 } } });
    const right = { status: 'security_code_valid', attemptsLeft: null, verificationToken: expect.any(String) };
    expect(await checkWith(sessionToken, RIGHT_CODE)).toEqual({ data: { checkCode: right } });

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

  it('is JSON where it says so', () => {
    const texts = blocks.filter(({ language }) => language === 'json').map(({ text }) => text);

    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(() => JSON.parse(text)).not.toThrow();
  });

  it('has the lines that `npm start` prints', () => {
    expect(README).toContain(readFileSync(join(ROOT, 'sample-app/flow.sh'), 'utf8'));
  });
});

describe('the tables of the README', () => {
  it('list every option with its default', () => {
    const { options } = checkOptions({ appName: 'Acme', backend: library.SandboxBackend }, {});
    const defaults: Record<string, unknown> = {
      ...options,
      'delivery.timeoutMs': options.delivery.timeoutMs,
      'storage.timeoutMs': options.storage.timeoutMs,
      'cleanup.everyMinutes': options.cleanup && options.cleanup.everyMinutes,
      ...Object.fromEntries(Object.entries(options.numbers).map(([name, value]) => [`numbers.${name}`, value])),
      ...limitDefaults(options.limits),
      ...Object.fromEntries(Object.entries(options.autofill).map(([name, value]) => [`autofill.${name}`, value])),
      testNumbers: options.testNumbers,
      'events.fullNumbers': options.events.fullNumbers,
      options: options.options,
      minTokenLength: 6,
      secret: undefined,
      backend: 'required',
      appName: 'required',
    };
    for (const name of ['delivery', 'storage', 'cleanup', 'limits', 'numbers', 'autofill', 'events'])
      delete defaults[name];

    const listed = Object.fromEntries(
      table('option').map(([name = '', , , value = '']) => [name.replaceAll('`', ''), value]),
    );

    const expected = Object.entries(defaults).map(([name, value]) => {
      if (value === undefined) return [name, 'none'];
      if (value === 'required') return [name, 'required'];
      return [name, `\`${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}\``];
    });
    expect(listed).toEqual(Object.fromEntries(expected));
  });

  it('list every provider, with the options that its backend takes and the package that it needs', async () => {
    const entries = Object.keys(MANIFEST.exports).filter((entry) =>
      existsSync(join(ROOT, 'lib/backends', entry, 'index.ts')),
    );
    const rows = table('entry point');
    const installed = rows.flatMap(([, , , install = '']) => /npm install (.+)`/.exec(install)?.[1]?.split(' ') ?? []);

    expect(rows.map(([entry]) => entry)).toEqual(entries.map((entry) => `\`nestjs-phone-verify${entry.slice(1)}\``));
    for (const [index, [, name = '', options = '']] of rows.entries()) {
      const entryPoint = await import(join(ROOT, 'lib/backends', entries[index] ?? '', 'index.ts'));
      const listed = [...namesIn(options), 'baseUrl', 'timeoutMs'];
      for (const className of namesIn(name)) {
        const [fault] = faultsOf(() => new entryPoint[className]({ unheardOf: 1 }));
        expect(new Set(fault?.split('the options are ')[1]?.split(', '))).toEqual(new Set(listed));
      }
    }
    expect(new Set(installed)).toEqual(new Set(Object.keys(MANIFEST.peerDependenciesMeta).filter(isSdk)));
  });

  it('and the text give the command that installs any other optional package', () => {
    const others = Object.keys(MANIFEST.peerDependenciesMeta).filter((name) => !isSdk(name));
    const commands = Array.from(README.matchAll(/`npm install ([^`]+)`/g), ([, names = '']) => names.split(' '));
    const installed = new Set(commands.flat());

    expect(others.filter((name) => !installed.has(name))).toEqual([]);
  });

  it('list every code of the routes, once', () => {
    const listed = table('status').map(([status = '', code = '']) => `${status} ${code.replaceAll('`', '')}`);

    expect(listed).toEqual([
      '400 request_invalid',
      '400 phone_number_invalid',
      '400 phone_number_not_allowed',
      '400 security_code_invalid',
      '400 security_code_expired',
      '400 security_code_verified',
      '400 security_code_too_many_attempts',
      '403 phone_not_verified',
      '415 media_type_unsupported',
      '429 rate_limited',
      '502 sms_delivery_failed',
      '503 service_unavailable',
    ]);
  });

  it('list every error class with its code', () => {
    const listed = table('class').map(([name = '', code = '']) => [name.replaceAll('`', ''), code.replaceAll('`', '')]);
    const errors: Readonly<Record<string, { code: string }>> = {
      PhoneNumberInvalidError: new library.PhoneNumberInvalidError(),
      PhoneNumberNotAllowedError: new library.PhoneNumberNotAllowedError(),
      ArgumentInvalidError: new library.ArgumentInvalidError('x', 'x'),
      ResendRefusedError: new library.ResendRefusedError(library.VerificationStatus.Expired),
      SmsDeliveryError: new library.SmsDeliveryError('unknown', 'x'),
      StorageUnavailableError: new library.StorageUnavailableError(),
      BackendHookError: new library.BackendHookError('x', 'x'),
      RandomSourceError: new library.RandomSourceError(),
      RateLimitedError: new library.RateLimitedError(1),
      PhoneVerifyConfigurationError: new library.PhoneVerifyConfigurationError('x'),
    };
    const exported = Object.keys(library).filter((name) => name.endsWith('Error') && name !== 'PhoneVerifyError');

    expect(new Set(exported)).toEqual(new Set(Object.keys(errors)));
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(errors).map(([name, { code }]) => [name, code])),
    );
  });

  it('list every method of the service', () => {
    const listed = table('method').map(([call = '']) => /\w+/.exec(call)?.[0]);
    const hidden = new Set(['constructor', 'check', 'accept', 'proofKey', 'parse', 'tryParse']);
    const methods = Object.getOwnPropertyNames(library.PhoneVerificationService.prototype);

    expect(new Set(listed)).toEqual(new Set(methods.filter((name) => !hidden.has(name))));
  });
});

it('every link inside the README leads somewhere', () => {
  const anchors = new Set(
    Array.from(README.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

  const targets = Array.from(README.matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => target);
  const leads = (target: string): boolean =>
    target.startsWith('#') ? anchors.has(target.slice(1)) : existsSync(join(ROOT, target));

  expect(targets.filter((target) => !leads(target))).toEqual([]);
});
