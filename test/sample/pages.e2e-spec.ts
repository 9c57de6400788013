import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request, { type Response } from 'supertest';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClock } from '../support/clock.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post, CORRECT_CODE } from '../support/requests.js';
import { startSample, stopSample } from '../support/sample-application.js';
import { untilOneWaits } from '../support/statements.js';

describe.each(databaseKinds)('the pages of the sample on %s', (kind) => {
  let database: FreshDatabase;
  let app: INestApplication;
  const clock = new TestClock();
  let lastNumber = 14155551000;
  let lastUser = 0;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    app = await startSample(database, { APP_NAME: '<Acme> & "Co"' }, clock);
  });

  afterAll(async () => {
    await stopSample(app);
    await database.drop();
  });

  async function obtainToken(phone_number: string, purpose = ''): Promise<string> {
    clock.advance(60);
    const { body } = await post(app, '/phone/register', { phone_number, purpose }).expect(200);
    const check = { phone_number, session_token: body.session_token, security_code: CORRECT_CODE, purpose };
    const verified = await post(app, '/phone/verify', check).expect(200);
    return verified.body.verification_token;
  }

  function newNumber(): string {
    lastNumber += 1;
    return `+${lastNumber}`;
  }

  function newUsername(): string {
    lastUser += 1;
    return `user_${lastUser}`;
  }

  async function signUp(username = newUsername(), phoneNumber = newNumber()): Promise<Response> {
    const verification_token = await obtainToken(phoneNumber);
    return post(app, '/users/sign-up', { username, verification_token }).expect(201);
  }

  function get(path: string, cookie = ''): request.Test {
    return request(app.getHttpServer()).get(path).set('Cookie', cookie);
  }

  async function changePhone(cookie: string, current: string, next: string): Promise<Response> {
    const tokens = { current_verification_token: current, verification_token: next };
    return post(app, '/users/change-phone', tokens).set('Cookie', cookie);
  }

  /** The cookie of a response, as a browser sends it back. */
  function cookieOf({ headers }: Response): string {
    return String(headers['set-cookie']).split(';')[0] ?? '';
  }

  it('sign a new user in, with a cookie that neither scripts nor other sites can use', async () => {
    const response = await signUp();

    expect(String(response.headers['set-cookie'])).toMatch(
      /^sample_session=[\w-]{43}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('restrict the cookie to HTTPS if they are loaded over HTTPS', async () => {
    (app as NestExpressApplication).set('trust proxy', 'loopback');
    const verification_token = await obtainToken(newNumber());

    const response = await post(app, '/users/sign-up', { username: newUsername(), verification_token }).set(
      'X-Forwarded-Proto',
      'https',
    );

    expect(String(response.headers['set-cookie'])).toContain('; Secure');
  });

  it('store no cookie in the table', async () => {
    const token = cookieOf(await signUp()).split('=')[1] ?? '';

    const rows = await app.get(DataSource).query('SELECT * FROM sample_session');

    expect(token).not.toBe('');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('show the account by name, with its verified number masked', async () => {
    const phoneNumber = newNumber();
    const response = await signUp('grace', phoneNumber);

    const { text, headers } = await get('/account', cookieOf(response)).expect(200);

    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(text).toContain('Hello, <bdi>grace</bdi>');
    expect(text).toContain(`${phoneNumber.slice(0, 3)}•••••••${phoneNumber.slice(-2)}`);
    expect(text).not.toContain(phoneNumber.slice(1));
    expect(text).toContain(`datetime="${new Date(clock.now()).toISOString()}"`);
  });

  it.each(['', 'sample_session=', 'sample_session=unknown', 'other=1; sample_session="x"'])(
    'lead from the account to the sign-up with the cookie %j',
    async (cookie) => {
      const { headers } = await get('/account', cookie).expect(303);

      expect(headers['location']).toBe('/');
    },
  );

  it('redirect from the account to the sign-up once the session has expired', async () => {
    const cookie = cookieOf(await signUp());
    await get('/account', cookie).expect(200);

    await app.get(DataSource).query(`UPDATE sample_session SET expires_at = ${Date.now()}`);

    await get('/account', cookie).expect(303);
  });

  it.each(['/', '/sign-in'])('redirect signed-in browsers from %s to the account', async (path) => {
    const { headers } = await get(path, cookieOf(await signUp())).expect(303);

    expect(headers['location']).toBe('/account');
  });

  it('sign out one browser and no other', async () => {
    const phoneNumber = newNumber();
    const one = cookieOf(await signUp(newUsername(), phoneNumber));
    const other = cookieOf(await post(app, '/users/sign-in', { verification_token: await obtainToken(phoneNumber) }));

    const response = await post(app, '/users/sign-out', {}).set('Cookie', one).expect(303);

    expect(response.headers['location']).toBe('/');
    expect(String(response.headers['set-cookie'])).toMatch(/^sample_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    await get('/account', one).expect(303);
    await get('/account', other).expect(200);
  });

  it("do not sign anyone out by another site's form, which comes without the cookie", async () => {
    const response = await request(app.getHttpServer()).post('/users/sign-out').type('form').expect(303);

    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('sign in to the account of a number only with its verification token', async () => {
    const phoneNumber = newNumber();
    await signUp('hopper', phoneNumber);
    const stranger = await obtainToken(newNumber());

    const known = await post(app, '/users/sign-in', { verification_token: await obtainToken(phoneNumber) }).expect(200);
    const unknown = await post(app, '/users/sign-in', { verification_token: stranger }).expect(404);

    expect(known.body).toEqual({ id: expect.any(String), username: 'hopper', phoneNumber });
    expect(unknown.body.code).toBe('account_not_found');
    await post(app, '/users/sign-up', { username: newUsername(), verification_token: stranger }).expect(201);
  });

  it('distinguish a number that has an account from a taken user name, and consume the verification token for neither', async () => {
    const phoneNumber = newNumber();
    await signUp('lovelace', phoneNumber);
    const known = await obtainToken(phoneNumber);
    const fresh = await obtainToken(newNumber());

    const sameNumber = await post(app, '/users/sign-up', { username: 'lovelace', verification_token: known });
    const sameName = await post(app, '/users/sign-up', { username: 'lovelace', verification_token: fresh });

    expect([sameNumber.status, sameNumber.body.code]).toEqual([409, 'phone_number_taken']);
    expect([sameName.status, sameName.body.code]).toEqual([409, 'username_taken']);
    await post(app, '/users/sign-in', { verification_token: known }).expect(200);
    await post(app, '/users/sign-up', { username: newUsername(), verification_token: fresh }).expect(201);
  });

  it('create one account for two parallel verification tokens of one number', async () => {
    const phoneNumber = newNumber();
    const verificationTokens = [await obtainToken(phoneNumber), await obtainToken(phoneNumber)];

    const responses = await Promise.all(
      verificationTokens.map((verification_token) =>
        post(app, '/users/sign-up', { username: newUsername(), verification_token }),
      ),
    );

    const outcomes = responses.map(({ status, body }) => `${status} ${body.code}`).toSorted();
    expect(outcomes).toEqual(['201 undefined', '409 phone_number_taken']);
  });

  it('change the number of an account if both the current and the new number are verified', async () => {
    const [before, after] = [newNumber(), newNumber()];
    const cookie = cookieOf(await signUp('changing', before));

    const response = await changePhone(
      cookie,
      await obtainToken(before, 'change-phone'),
      await obtainToken(after, 'new-phone'),
    );

    expect(response.status).toBe(204);
    expect((await get('/account', cookieOf(response))).text).toContain(`•${after.slice(-2)}<`);
    await post(app, '/users/sign-in', { verification_token: await obtainToken(before) }).expect(404);
    await post(app, '/users/sign-in', { verification_token: await obtainToken(after, 'new-phone') }).expect(403);
    await post(app, '/users/sign-in', { verification_token: await obtainToken(after) }).expect(200);
  });

  it('change no number with tokens that are missing or for another purpose', async () => {
    const [before, after] = [newNumber(), newNumber()];
    const cookie = cookieOf(await signUp(newUsername(), before));
    const current = await obtainToken(before, 'change-phone');
    const next = await obtainToken(after, 'new-phone');

    const outcomes = [
      await changePhone(cookie, await obtainToken(before), next),
      await changePhone(cookie, current, await obtainToken(after)),
      await changePhone(cookie, next, current),
      await changePhone(cookie, '', next),
      await post(app, '/users/change-phone', { verification_token: next }).set('Cookie', cookie),
      await post(app, '/users/change-phone', { current_verification_token: current }).set('Cookie', cookie),
    ].map(({ status, body }) => `${status} ${body.code}`);

    expect(outcomes).toEqual([...Array(4).fill('403 phone_not_verified'), ...Array(2).fill('400 undefined')]);
    expect((await get('/account', cookie)).text).toContain(`•${before.slice(-2)}<`);
    expect((await changePhone(cookie, current, next)).status).toBe(204);
  });

  it("change no number with a token of a number that is not the account's, and consume neither token", async () => {
    const [before, after, strange] = [newNumber(), newNumber(), newNumber()];
    const cookie = cookieOf(await signUp(newUsername(), before));
    const next = await obtainToken(after, 'new-phone');

    const refused = await changePhone(cookie, await obtainToken(strange, 'change-phone'), next);

    expect([refused.status, refused.body.code]).toEqual([403, 'current_number_not_verified']);
    expect(refused.headers['set-cookie']).toBeUndefined();
    await get('/account', cookie).expect(200);
    expect((await changePhone(cookie, await obtainToken(before, 'change-phone'), next)).status).toBe(204);
  });

  it('sign every other browser out when the number changes, and give this one a new session', async () => {
    const [before, after] = [newNumber(), newNumber()];
    const here = cookieOf(await signUp(newUsername(), before));
    const elsewhere = cookieOf(await post(app, '/users/sign-in', { verification_token: await obtainToken(before) }));
    const stranger = cookieOf(await signUp());

    const response = await changePhone(
      here,
      await obtainToken(before, 'change-phone'),
      await obtainToken(after, 'new-phone'),
    );

    const statuses = [];
    for (const cookie of [cookieOf(response), here, elsewhere, stranger]) {
      statuses.push((await get('/account', cookie)).status);
    }
    expect(statuses).toEqual([200, 303, 303, 200]);
  });

  it('sign nobody in with the old number while the number changes', async () => {
    const [before, after] = [newNumber(), newNumber()];
    await signUp(newUsername(), before);
    const verification_token = await obtainToken(before);
    const { Transactions } = await import('../../sample-app/src/transactions.js');
    let signIn: Promise<Response> | undefined;

    await app.get(Transactions).run(async (manager) => {
      await manager.query(`UPDATE sample_user SET phone_number = '${after}' WHERE phone_number = '${before}'`);
      signIn = post(app, '/users/sign-in', { verification_token }).then((response) => response);
      // On SQLite, transactions of the sample wait for each other.
      if (kind !== 'sqlite') await Promise.race([signIn, untilOneWaits(app.get(DataSource))]);
    });

    expect((await signIn)?.status).toBe(404);
  });

  it('change a number once with one pair of tokens, however many requests are parallel', async () => {
    const [before, after] = [newNumber(), newNumber()];
    const cookie = cookieOf(await signUp(newUsername(), before));
    const tokens = [await obtainToken(before, 'change-phone'), await obtainToken(after, 'new-phone')] as const;

    const responses = await Promise.all(Array.from({ length: 5 }, () => changePhone(cookie, ...tokens)));

    expect(responses.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('give no account a number that another has, and consume no token', async () => {
    const [before, taken] = [newNumber(), newNumber()];
    await signUp(newUsername(), taken);
    const cookie = cookieOf(await signUp(newUsername(), before));
    const tokens = [await obtainToken(before, 'change-phone'), await obtainToken(taken, 'new-phone')] as const;

    const responses = [await changePhone(cookie, ...tokens), await changePhone(cookie, ...tokens)];

    expect(responses.map(({ body }) => body.code)).toEqual(['phone_number_taken', 'phone_number_taken']);
    await get('/account', cookie).expect(200);
  });

  it('change no number without a signed-in user', async () => {
    const number = newNumber();
    await signUp(newUsername(), number);

    const response = await changePhone(
      '',
      await obtainToken(number, 'change-phone'),
      await obtainToken(newNumber(), 'new-phone'),
    );

    expect(response.status).toBe(401);
  });

  it.each(['sign-up', 'sign-in', 'change-phone'])("refuse another site's form as a %s", async (action) => {
    const verification_token = await obtainToken(newNumber());

    const response = await post(app, `/users/${action}`, { username: newUsername(), verification_token }).type('form');

    expect(response.status).toBe(415);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('escape names', async () => {
    const { text } = await get('/').expect(200);

    expect(text).toContain('&lt;Acme&gt; &amp; &quot;Co&quot;');
    expect(text).not.toContain('<Acme>');
    expect(text).not.toMatch(/\{\w+\}/);
  });
});
