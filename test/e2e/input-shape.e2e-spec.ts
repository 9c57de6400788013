import { gzipSync } from 'node:zlib';
import request, { type Response, type Test } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerification } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, openSession, CORRECT_CODE } from '../support/requests.js';

const FIELDS = {
  register: ['phone_number'],
  resend: ['phone_number', 'session_token'],
  verify: ['phone_number', 'session_token', 'security_code'],
} as const;

type Route = keyof typeof FIELDS;

const ROUTES: readonly Route[] = ['register', 'resend', 'verify'];

describe.each(ADAPTERS)('malformed requests on %s', (adapter) => {
  let test: TestApplication;
  let token: string;
  let before: string;

  beforeAll(async () => {
    test = await startApplication({ adapter });
    token = await openSession(test.app);
    test.sandbox.clear();
    before = await everything();
  });

  afterAll(() => test.close());

  /** All rows, to check that nothing was written. */
  async function everything(): Promise<string> {
    return JSON.stringify(await test.dataSource.query('SELECT * FROM sms_verification'));
  }

  async function expectNoEffect(): Promise<void> {
    expect(await everything()).toBe(before);
    expect(test.sandbox.outbox).toEqual([]);
  }

  function send(route: Route): Test {
    return request(test.app.getHttpServer()).post(`/phone/${route}`);
  }

  function valid(): Record<string, unknown> {
    return { phone_number: NUMBER, session_token: token, security_code: CORRECT_CODE };
  }

  function expectOurs({ body, headers }: Response, status: number, code: string): void {
    expect(body).toMatchObject({ statusCode: status, code });
    expect(headers['cache-control']).toBe('no-store');
  }

  it.each(ROUTES)('%s: malformed JSON is refused with 400, without a stack trace', async (route) => {
    const { status, text } = await send(route).set('content-type', 'application/json').send('{"phone_number":');

    expect(status).toBe(400);
    expect(text).not.toContain('node_modules');
    await expectNoEffect();
  });

  it.each(ROUTES.flatMap((route) => ['', 'null', '[]', '"text"', '7', '{}'].map((text) => [route, text] as const)))(
    '%s: the body %j is refused with 400',
    async (route, text) => {
      const { status } = await send(route).set('content-type', 'application/json').send(text);

      expect(status).toBe(400);
      await expectNoEffect();
    },
  );

  it.each(ROUTES)('%s: an empty object gets an error for every field', async (route) => {
    const response = await send(route).send({});

    const errors = Object.fromEntries(FIELDS[route].map((field) => [field, ['This field is required.']]));
    expect(response.body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: FIELDS[route].map(() => 'This field is required.'),
      code: 'request_invalid',
      errors,
    });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/vnd.api+json',
  ])('the media type %s is refused with 415', async (type) => {
    for (const route of ROUTES) {
      const response = await send(route).set('content-type', type).send('phone_number=%2B14155552671');
      expect(response.status).toBe(415);
    }
    await expectNoEffect();
  });

  it('the route refuses a form that the adapter parses', async () => {
    const response = await send('register').type('form').send({ phone_number: NUMBER });

    expectOurs(response, 415, 'media_type_unsupported');
    expect(response.body).toEqual({
      statusCode: 415,
      error: 'Unsupported Media Type',
      message: 'Send JSON.',
      code: 'media_type_unsupported',
    });
    await expectNoEffect();
  });

  it('a missing content type is refused with 415', async () => {
    expectOurs(await send('register'), 415, 'media_type_unsupported');
    await expectNoEffect();
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ;charset=utf-8'])(
    'the media type %s is accepted as JSON',
    async (type) => {
      const response = await send('verify').set('content-type', type).send(JSON.stringify({}));

      expectOurs(response, 400, 'request_invalid');
    },
  );

  const SHAPES: readonly unknown[] = [
    ['x'],
    { $ne: '' },
    0,
    123456,
    true,
    false,
    null,
    [[]],
    {},
    { constructor: 'x' },
    [{ constructor: 'x' }],
  ];

  it.each(ROUTES.flatMap((route) => FIELDS[route].map((field) => [route, field] as const)))(
    '%s: %s that is not a string is refused with 400',
    async (route, field) => {
      for (const shape of SHAPES) {
        const response = await send(route).send({ ...valid(), [field]: shape });
        const text = shape === null ? 'This field is required.' : 'Not a valid string.';
        expectOurs(response, 400, 'request_invalid');
        expect(response.body.errors).toEqual({ [field]: [text] });
      }
      await expectNoEffect();
    },
  );

  it.each(ROUTES.flatMap((route) => FIELDS[route].map((field) => [route, field] as const)))(
    '%s: %s of ten kilobytes is refused with 400 for its length',
    async (route, field) => {
      const response = await send(route).send({ ...valid(), [field]: '1'.repeat(10_240) });

      expectOurs(response, 400, 'request_invalid');
      expect(response.body.errors).toEqual({ [field]: [expect.stringContaining('no more than')] });
      await expectNoEffect();
    },
  );

  it('a field that is nested a hundred thousand levels deep is refused with 400 or 413', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const field of FIELDS.verify) {
      const text = JSON.stringify({ ...valid(), [field]: 0 }).replace(`"${field}":0`, `"${field}":${deep}`);
      const { status } = await send('verify').set('content-type', 'application/json').send(text);
      expect([400, 413]).toContain(status);
    }
    await expectNoEffect();
  });

  it('a body above the limit of the adapter is refused with 413', async () => {
    const { status } = await send('register').send({ phone_number: NUMBER, filler: 'x'.repeat(2_000_000) });

    expect(status).toBe(413);
    await expectNoEffect();
  });

  it('a gzip bomb is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));

    const { status } = await send('register')
      .set('content-type', 'application/json')
      .set('content-encoding', 'gzip')
      .serialize((body: unknown) => body as string)
      .send(bomb as unknown as string);

    expect([400, 413, 415]).toContain(status);
    await expectNoEffect();
  });

  it.each(['__proto__', 'constructor', 'prototype'])('the key %s is never assigned', async (key) => {
    const polluted = `{"${key}":{"isAdmin":true,"phone_number":"${NUMBER}"}}`;

    const { status } = await send('register').set('content-type', 'application/json').send(polluted);

    expect(status).toBe(400);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
    await expectNoEffect();
  });

  it.each(['\0', `${NUMBER}\0`, '\ud800', "' OR 1=1 --", "'; DROP TABLE x; --", '${7*7}', ''])(
    'the text %j is refused in every field',
    async (text) => {
      expectOurs(await send('register').send({ phone_number: text }), 400, 'phone_number_invalid');
      const response = await send('verify').send({ ...valid(), session_token: text });
      expect(response.body).toEqual({
        statusCode: 400,
        error: 'Bad Request',
        message: 'Security code is not valid',
        code: 'security_code_invalid',
      });
      expectOurs(await send('resend').send({ ...valid(), session_token: text }), 400, 'security_code_invalid');
      await expectNoEffect();
    },
  );

  it('unknown fields are ignored', async () => {
    const own = await startApplication({ adapter });
    const body = { phone_number: NUMBER, is_verified: true, isVerified: true, purpose: 'login', ip: '1.2.3.4' };

    await request(own.app.getHttpServer()).post('/phone/register').send(body).expect(200);

    const [session] = await own.dataSource.getRepository(SMSVerification).find();
    expect(session).toMatchObject({ isVerified: false, purpose: '' });
    await own.close();
  });
});
