import type { INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { openSession, post, CORRECT_CODE, verify } from '../support/requests.js';
import { startSample, stopSample } from '../support/sample-application.js';
import request from 'supertest';

describe.each(databaseKinds)('the sample application on %s', (kind) => {
  let database: FreshDatabase;
  let app: INestApplication;
  let lastNumber = 14155550000;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    app = await startSample(database);
  });

  afterAll(async () => {
    await stopSample(app);
    await database.drop();
  });

  function newNumber(): string {
    lastNumber += 1;
    return `+${lastNumber}`;
  }

  async function obtainToken(phoneNumber: string): Promise<string> {
    const { body } = await verify(app, phoneNumber, await openSession(app, phoneNumber), CORRECT_CODE).expect(200);
    return body.verification_token;
  }

  function signUp(username: string, verification_token: unknown) {
    return post(app, '/users/sign-up', { username, verification_token });
  }

  it('creates an account with the verified number', async () => {
    const phoneNumber = newNumber();

    const { status, body } = await signUp('ada', await obtainToken(phoneNumber));

    expect({ status, body }).toEqual({ status: 201, body: { id: expect.any(String), username: 'ada', phoneNumber } });
  });

  it('keeps the verification token usable if the username is taken', async () => {
    await signUp('grace', await obtainToken(newNumber())).expect(201);
    const verificationToken = await obtainToken(newNumber());

    await signUp('grace', verificationToken).expect(409);
    await signUp('hopper', verificationToken).expect(201);
  });

  it('tells that a username is taken before a message is sent', async () => {
    await signUp('turing', await obtainToken(newNumber())).expect(201);

    await post(app, '/users/check-username', { username: 'turing2' }).expect(204);
    const { body } = await post(app, '/users/check-username', { username: 'turing' }).expect(409);
    await post(app, '/users/check-username', { username: '?' }).expect(400);

    expect(body.code).toBe('username_taken');
  });

  it('creates only one account for a number', async () => {
    const phoneNumber = newNumber();
    await signUp('first', await obtainToken(phoneNumber)).expect(201);

    await signUp('second', await obtainToken(phoneNumber)).expect(409);
  });

  it('creates one account for twenty sign-ups with one verification token', async () => {
    const verificationToken = await obtainToken(newNumber());

    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => signUp(`racer_${index}`, verificationToken)),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 403)).toHaveLength(19);
    const users = await app.get(DataSource).query("SELECT id FROM sample_user WHERE username LIKE 'racer%'");
    expect(users).toHaveLength(1);
  });

  it('isolates parallel sign-ups: a taken username rolls back no other account, and no verification token is lost', async () => {
    await signUp('taken', await obtainToken(newNumber())).expect(201);
    const verificationTokens: string[] = [];
    for (let index = 0; index < 20; index += 1) verificationTokens.push(await obtainToken(newNumber()));
    const names = verificationTokens.map((_verificationToken, index) =>
      index % 2 === 0 ? `beside_${index}` : 'taken',
    );

    const { UsersService } = await import('../../sample-app/src/users/users.service.js');
    const users = app.get(UsersService);
    const outcomes = await Promise.allSettled(
      verificationTokens.map((verificationToken, index) => users.signUp(names[index] ?? '', verificationToken)),
    );
    const created = await app.get(DataSource).query("SELECT id FROM sample_user WHERE username LIKE 'beside%'");
    const later = [];
    for (const [index, verificationToken] of verificationTokens.entries()) {
      if (names[index] === 'taken') later.push((await signUp(`later_${index}`, verificationToken)).status);
    }

    const expected = names.map((name) => (name === 'taken' ? { status: 'rejected' } : { status: 'fulfilled' }));
    expect(outcomes).toMatchObject(expected);
    expect(created).toHaveLength(10);
    expect(later).toEqual(Array(10).fill(201));
  });

  it.each(['unknown', '', '\0', "' OR 1=1 --"])('refuses the verification token %j', async (verificationToken) => {
    const { status, body } = await signUp('nobody', verificationToken);

    expect({ status, body }).toEqual({
      status: 403,
      body: {
        statusCode: 403,
        error: 'Forbidden',
        message: 'A verified phone number is required.',
        code: 'phone_not_verified',
      },
    });
  });

  it.each([undefined, null, 1, ['x'], { $ne: '' }])('refuses %j as a verification token', async (verificationToken) => {
    await signUp('nobody', verificationToken).expect(400);
  });

  it('shows the outbox of the sandbox', async () => {
    const phoneNumber = newNumber();
    await openSession(app, phoneNumber);

    const { body } = await request(app.getHttpServer()).get('/outbox').expect(200);

    expect(body.at(-1)).toMatchObject({ to: phoneNumber, message: expect.stringContaining(CORRECT_CODE) });
  });
});
