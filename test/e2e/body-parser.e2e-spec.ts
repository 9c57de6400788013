import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, type ApplicationOptions, startApplication, type TestApplication } from '../support/application.js';
import { GuardedModule, PURPOSES } from '../support/guarded-routes.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, post } from '../support/requests.js';

const LINE =
  'error: No parser read the JSON body of a request, so every field of it is missing. Where the application starts ' +
  "with `bodyParser: false`, register a parser for these routes: `app.useBodyParser('json')` on Express.";

let test: TestApplication;
let logs: RecordedLogs;

async function start(options: ApplicationOptions): Promise<void> {
  test = await startApplication({
    logger: logs,
    phoneVerify: { isGlobal: true, purposes: PURPOSES },
    imports: [GuardedModule],
    ...options,
  });
}

function lines(): string[] {
  return logs.lines.filter((line) => line.includes('No parser'));
}

beforeEach(() => {
  logs = new RecordedLogs();
});

afterEach(() => test.close());

describe('an application on Express with `bodyParser: false`', () => {
  it('says once in the log that no parser reads the bodies of the routes', async () => {
    await start({ bodyParser: false });

    const { body } = await post(test.app, '/phone/register', { phone_number: NUMBER }).expect(400);
    await post(test.app, '/phone/verify', { phone_number: NUMBER }).expect(400);

    expect(body.errors).toEqual({ phone_number: ['This field is required.'] });
    expect(lines()).toEqual([expect.stringContaining(LINE)]);
  });

  it('says so for a guarded route, too', async () => {
    await start({ bodyParser: false });

    await post(test.app, '/account/number', { verification_token: 'A'.repeat(43) }).expect(403);

    expect(lines()).toEqual([expect.stringContaining(LINE)]);
  });

  it('says so for a parser that leaves bytes', async () => {
    await start({
      bodyParser: false,
      configure: (app) => (app as NestExpressApplication).useBodyParser('raw', { type: () => true }),
    });

    await post(test.app, '/phone/register', { phone_number: NUMBER }).expect(400);

    expect(lines()).toEqual([expect.stringContaining(LINE)]);
  });

  it('says nothing of a request without a body', async () => {
    await start({ bodyParser: false });

    await request(test.app.getHttpServer()).post('/phone/register').type('json').expect(400);

    expect(lines()).toEqual([]);
  });
});

it('on Fastify, `bodyParser: false` changes nothing', async () => {
  await start({ adapter: 'fastify', bodyParser: false });

  await post(test.app, '/phone/register', { phone_number: NUMBER }).expect(200);
});

it.each(ADAPTERS)('no client can cause that log line on %s with a parser', async (adapter) => {
  await start({ adapter });
  const send = (text: string) => request(test.app.getHttpServer()).post('/phone/register').type('json').send(text);

  for (const text of ['', '{}', '[]', 'null', '"text"', '{"phone_number":7}']) await send(text).expect(400);
  await send('').set('transfer-encoding', 'chunked').expect(400);

  expect(lines()).toEqual([]);
});
