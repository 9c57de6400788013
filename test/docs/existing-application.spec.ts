import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import request from 'supertest';
import { DataSource, MigrationExecutor } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PhoneVerificationService } from '../../lib/index.js';
import { type Adapter, ADAPTERS, startApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { ROOT } from './pages.js';

const PAGE = 'docs/existing-application.md';
const SIGNED_IN = { authorization: 'Bearer token-of-ada' };

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-existing-application');
});

afterAll(() => examples.remove());

async function setSecurityHeaders(app: INestApplication, adapter: Adapter): Promise<void> {
  if (adapter === 'fastify') await (app as NestFastifyApplication).register(fastifyHelmet);
  else app.use(helmet());
}

describe.each(ADAPTERS)(
  'on %s, an application with a global guard, throttler, interceptor, filter, pipe, prefix, versions, helmet, CORS and a request log',
  (adapter) => {
    const log: string[] = [];
    let app: INestApplication;

    const post = (path: string, body: object) => request(app.getHttpServer()).post(path).send(body);
    const read = (headers: Record<string, string>) => request(app.getHttpServer()).get('/api/v1/profile').set(headers);

    beforeAll(async () => {
      const { ExistingAppModule } = await examples.load(PAGE, 'existing-app.module.ts');
      const { configure } = await examples.load(PAGE, 'configure.ts');
      const { options } = await examples.load(PAGE, 'request-log.ts');
      const module = await Test.createTestingModule({ imports: [ExistingAppModule] }).compile();
      const isFastify = adapter === 'fastify';
      app = module.createNestApplication(isFastify ? new FastifyAdapter() : new ExpressAdapter(), { logger: false });
      app.use(pinoHttp(options, { write: (line: string) => log.push(line) }));
      await setSecurityHeaders(app, adapter);
      configure(app);
      await app.listen(0, '127.0.0.1');
    });

    beforeEach(() => {
      log.length = 0;
    });

    afterAll(() => app.close());

    it('verifies a phone without signing in, with the documented bodies', async () => {
      const { body: sent } = await post('/api/phone/register', { phone_number: NUMBER }).expect(200);
      const typed = { phone_number: NUMBER, session_token: sent.session_token };
      const { body: wrong } = await post('/api/phone/verify', { ...typed, security_code: WRONG_CODE }).expect(400);
      const { body: verified } = await post('/api/phone/verify', { ...typed, security_code: CORRECT_CODE }).expect(200);
      const { body: changed } = await request(app.getHttpServer())
        .put('/api/v1/profile/phone')
        .set({ ...SIGNED_IN, 'x-phone-verification-token': verified.verification_token })
        .expect(200);

      expect(sent).toHaveProperty('code_length', 6);
      expect(wrong).toMatchObject({ statusCode: 400, code: 'security_code_invalid', attempts_left: 4 });
      expect(changed).toEqual({ data: { username: 'ada', phoneNumber: NUMBER } });
      expect(log).toHaveLength(4);
      expect(log.join('')).toContain('"x-phone-verification-token":"[Redacted]"');
      for (const secret of [sent.session_token, verified.verification_token, 'token-of-ada']) {
        expect(log.join('')).not.toContain(secret);
      }
    });

    it('serves the client for browsers', async () => {
      // Imported by its path: the types of browsers are not those of this file.
      const { PhoneVerifyClient } = await import(join(ROOT, 'lib/client/index.ts'));
      const client = new PhoneVerifyClient({ baseUrl: `${await app.getUrl()}/api/phone`, storage: null });

      await client.register(OTHER_NUMBER);
      const failure = client.verify(WRONG_CODE);
      await expect(failure).rejects.toMatchObject({ code: 'security_code_invalid', attemptsLeft: 4 });

      await expect(client.verify(CORRECT_CODE)).resolves.toMatchObject({ phoneNumber: OTHER_NUMBER });
    });

    it('sends its headers with the responses of the routes, which stay uncached', async () => {
      const { headers } = await post('/api/phone/verify', {}).set('origin', 'https://www.example.com').expect(400);

      expect(headers).toMatchObject({
        'access-control-allow-origin': 'https://www.example.com',
        'access-control-expose-headers': 'Retry-After',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      await request(app.getHttpServer())
        .options('/api/phone/register')
        .set({ origin: 'https://www.example.com', 'access-control-request-method': 'POST' })
        .set('access-control-request-headers', 'content-type')
        .expect(204)
        .expect('access-control-allow-headers', /content-type/i);
    });

    it('does not throttle the routes, and keeps them out of the versions', async () => {
      const statuses: number[] = [];
      for (let call = 0; call < 7; call += 1) statuses.push((await post('/api/phone/verify', {})).status);

      expect(statuses).toEqual(Array.from({ length: 7 }, () => 400));
      await post('/api/v1/phone/register', { phone_number: NUMBER }).expect(404);
    });

    it('still guards, wraps, filters and throttles its own routes', async () => {
      const { body: refused } = await read({}).expect(401);
      const { body: wrapped } = await read(SIGNED_IN).expect(200);
      const { body: unverified } = await request(app.getHttpServer())
        .put('/api/v1/profile/phone')
        .set(SIGNED_IN)
        .expect(403);
      const statuses: number[] = [];
      for (let call = 0; call < 5; call += 1) statuses.push((await read(SIGNED_IN)).status);

      expect(refused).toHaveProperty('error.message', 'Unauthorized');
      expect(wrapped).toEqual({ data: { username: 'ada' } });
      expect(unverified).toHaveProperty('error.code', 'phone_not_verified');
      expect(statuses).toContain(429);
    });
  },
);

it('the parser for JSON on Express serves the routes of an application without a parser, and no other route', async () => {
  const { parseJson } = await examples.load(PAGE, 'json-parser.ts');
  const test = await startApplication({ bodyParser: false, configure: parseJson });

  await request(test.app.getHttpServer()).post('/phone/register').send({ phone_number: NUMBER }).expect(200);
  await request(test.app.getHttpServer()).post('/api/auth').type('json').send('{').expect(404);

  await test.close();
});

describe('a sign-up beside another ORM', () => {
  it('creates one account for one token, and none when the user name is taken', async () => {
    const { AccountsService } = await examples.load(PAGE, 'accounts.service.ts');
    const test = await startApplication();
    const phones = test.service;
    const { sessionToken } = await phones.sendSecurityCode(NUMBER);
    const { verificationToken } = await phones.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const committed: string[] = [];
    const transactions = {
      run: async (work: (transaction: object) => Promise<unknown>) => {
        let username = '';
        const result = await work({
          createUser: async (user: { username: string }) => {
            if (user.username === 'taken') throw new Error('the user name is taken');
            ({ username } = user);
          },
        });
        committed.push(username);
        return result;
      },
    };
    const accounts = new AccountsService(phones, transactions);

    await expect(accounts.signUp('taken', verificationToken)).rejects.toThrow('the user name is taken');
    const names = ['ada', 'bob', 'eve'];
    const outcomes = await Promise.allSettled(names.map((name) => accounts.signUp(name, verificationToken)));
    await test.close();

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(committed).toHaveLength(1);
  });
});

describe.each(serverKinds().filter((kind) => kind === 'postgres'))('the data sources on %s', (kind) => {
  let database: FreshDatabase;

  async function startWithSchema(schema: string): Promise<void> {
    database = await freshDatabase(kind);
    const admin = await new DataSource(database.options).initialize();
    await admin.query(`CREATE SCHEMA ${schema}`);
    await admin.destroy();
    vi.stubEnv('DATABASE_URL', 'url' in database.options ? (database.options.url ?? '') : '');
  }

  afterEach(async () => {
    vi.unstubAllEnvs();
    await database.drop();
  });

  it('run the migrations of both in the schema, and find no difference to the entities', async () => {
    await startWithSchema('accounts');
    const { dataSource } = await examples.load(PAGE, 'data-source.ts');
    const shared: DataSource = dataSource;
    await shared.initialize();

    await shared.runMigrations();
    const pending = await new MigrationExecutor(shared).getPendingMigrations();
    const { upQueries } = await shared.driver.createSchemaBuilder().log();
    await shared.destroy();

    expect(pending).toEqual([]);
    expect(upQueries.filter(({ query }) => query.includes('sms_verification'))).toEqual([]);
  });

  it('give the library one of its own, in a schema of its own', async () => {
    await startWithSchema('phones');
    const { OwnDataSourceModule } = await examples.load(PAGE, 'own-data-source.module.ts');
    const module = await Test.createTestingModule({ imports: [OwnDataSourceModule] }).compile();
    await module.init();
    const phones = module.get(PhoneVerificationService, { strict: false });

    const { sessionToken } = await phones.sendSecurityCode(NUMBER);
    const { status } = await phones.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await module.close();
    const admin = await new DataSource(database.options).initialize();
    const rows = await admin.query('SELECT id FROM phones.sms_verification');
    await admin.destroy();

    expect(status).toBe('security_code_valid');
    expect(rows).toHaveLength(1);
  });
});
