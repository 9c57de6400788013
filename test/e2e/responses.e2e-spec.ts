import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import {
  NUMBER,
  openSession,
  OTHER_NUMBER,
  post,
  register,
  resend,
  CORRECT_CODE,
  verify,
  WRONG_CODE,
} from '../support/requests.js';

describe.each(ADAPTERS)('the responses of the routes on %s', (adapter) => {
  let test: TestApplication;

  beforeEach(async () => {
    test = await startApplication({ adapter });
  });

  afterEach(() => test.close());

  const REFUSALS = {
    security_code_invalid: 'Security code is not valid',
    security_code_expired: 'Security code has expired',
    security_code_verified: 'Security code is already verified',
    security_code_too_many_attempts: 'Too many failed verification attempts. Please request a new code.',
    phone_number_invalid: 'Enter a valid phone number.',
  };

  function refusal(code: keyof typeof REFUSALS): object {
    return { statusCode: 400, error: 'Bad Request', message: REFUSALS[code], code };
  }

  it('every route refuses an invalid number with phone_number_invalid', async () => {
    const token = await openSession(test.app);

    for (const response of [
      await register(test.app, '+1415555'),
      await resend(test.app, '+1415555', token),
      await verify(test.app, '+1415555', token, CORRECT_CODE),
    ]) {
      expect({ status: response.status, body: response.body }).toEqual({
        status: 400,
        body: refusal('phone_number_invalid'),
      });
      expect(response.headers['cache-control']).toBe('no-store');
    }
  });

  it('an unknown token and the token of another number get the response of a wrong code', async () => {
    const token = await openSession(test.app);

    expect((await verify(test.app, NUMBER, 'unknown', CORRECT_CODE)).body).toEqual(refusal('security_code_invalid'));
    expect((await verify(test.app, OTHER_NUMBER, token, CORRECT_CODE)).body).toEqual(refusal('security_code_invalid'));
    expect((await resend(test.app, NUMBER, 'unknown')).body).toEqual(refusal('security_code_invalid'));
    expect((await resend(test.app, OTHER_NUMBER, token)).body).toEqual(refusal('security_code_invalid'));
  });

  it('a session of one number cannot be used with another number', async () => {
    const token = await openSession(test.app);
    const otherToken = await openSession(test.app, OTHER_NUMBER);

    expect((await verify(test.app, NUMBER, otherToken, CORRECT_CODE)).status).toBe(400);
    expect((await verify(test.app, OTHER_NUMBER, token, CORRECT_CODE)).status).toBe(400);
    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).status).toBe(200);
  });

  it('an expired session is refused on verify and resend', async () => {
    const token = await openSession(test.app);
    test.clock.advance(600);

    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).body).toEqual(refusal('security_code_expired'));
    expect((await verify(test.app, NUMBER, token, WRONG_CODE)).body).toEqual(refusal('security_code_expired'));
    expect((await resend(test.app, NUMBER, token)).body).toEqual(refusal('security_code_expired'));
  });

  it('a resend is refused in the last minute', async () => {
    const token = await openSession(test.app);
    test.clock.advance(540);
    expect((await resend(test.app, NUMBER, token)).body).toMatchObject({ expires_in: 60 });

    test.clock.advance(0.001);

    expect((await resend(test.app, NUMBER, token)).body).toEqual(refusal('security_code_expired'));
    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).status).toBe(200);
  });

  it('a verified session is neither verified nor resent again', async () => {
    const token = await openSession(test.app);
    await verify(test.app, NUMBER, token, CORRECT_CODE).expect(200);

    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).body).toEqual(refusal('security_code_verified'));
    expect((await resend(test.app, NUMBER, token)).body).toEqual(refusal('security_code_verified'));
  });

  it('a locked session is not resent, and stays locked after it expires', async () => {
    const token = await openSession(test.app);
    for (let time = 0; time < 5; time++) await verify(test.app, NUMBER, token, WRONG_CODE);

    expect((await resend(test.app, NUMBER, token)).body).toEqual(refusal('security_code_too_many_attempts'));
    test.clock.advance(600);
    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).body).toEqual(
      refusal('security_code_too_many_attempts'),
    );
  });

  it('registering again leaves the first session open', async () => {
    const first = await openSession(test.app);
    const second = await openSession(test.app);

    expect(first).not.toBe(second);
    await verify(test.app, NUMBER, first, CORRECT_CODE).expect(200);
    await verify(test.app, NUMBER, second, CORRECT_CODE).expect(200);
  });

  it('a number can be registered in one notation and verified in another', async () => {
    const token = await openSession(test.app, '+1 (415) 555-2671');

    const { body } = await verify(test.app, '+1.415.555.2671', token, CORRECT_CODE).expect(200);

    expect(body.phone_number).toBe(NUMBER);
  });

  it('a resend changes neither the expiry nor the failed attempts', async () => {
    const token = await openSession(test.app);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    test.clock.advance(100.5);

    expect((await resend(test.app, NUMBER, token)).body).toMatchObject({ session_token: token, expires_in: 499 });
    expect((await verify(test.app, NUMBER, token, WRONG_CODE)).body).toMatchObject({ attempts_left: 3 });
  });

  it('a repeated request is refused without an error', async () => {
    const token = await openSession(test.app);

    const responses = await Promise.all([1, 2, 3].map(() => verify(test.app, NUMBER, token, CORRECT_CODE)));

    expect(responses.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 400)).toHaveLength(2);
  });

  it.each(['/phone/register', '/phone/verify', '/phone/resend'])('GET %s does not exist', async (path) => {
    const server = test.app.getHttpServer();
    const { default: request } = await import('supertest');
    expect((await request(server).get(path)).status).toBe(404);
    expect((await post(test.app, `${path}/more`, {})).status).toBe(404);
  });
});
