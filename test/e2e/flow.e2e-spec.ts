import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, openSession, register, resend, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';

describe.each(databaseKinds)('the whole flow on %s', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    let database: FreshDatabase;
    let test: TestApplication;

    beforeAll(async () => {
      database = await freshDatabase(kind);
      test = await startApplication({ database: database.options, adapter });
    });

    afterAll(async () => {
      await test.close();
      await database.drop();
    });

    it('sends a code and accepts it', async () => {
      const registered = await register(test.app).expect(200);
      expect(registered.body).toEqual({
        session_token: expect.stringMatching(/^[\w-]{43}$/),
        phone_number: NUMBER,
        expires_in: 600,
        resend_in: 0,
        code_length: 6,
        code_format: 'numeric',
      });
      expect(registered.headers['cache-control']).toBe('no-store');
      expect(test.sandbox.lastCode(NUMBER)).toBe(CORRECT_CODE);

      const verified = await verify(test.app, NUMBER, registered.body.session_token, CORRECT_CODE).expect(200);

      expect(verified.body).toEqual({
        message: 'Security code is valid.',
        phone_number: NUMBER,
        verification_token: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(await test.service.getVerifiedPhone(verified.body.verification_token)).toEqual({
        phoneNumber: NUMBER,
        verifiedAt: new Date(test.clock.now()),
        purpose: '',
      });
    });

    it('resends the same code in the same session', async () => {
      const token = await openSession(test.app);
      test.sandbox.clear();

      const { body } = await resend(test.app, NUMBER, token).expect(200);

      expect(body).toEqual({
        session_token: token,
        phone_number: NUMBER,
        expires_in: 600,
        resend_in: 0,
        code_length: 6,
        code_format: 'numeric',
      });
      expect(test.sandbox.lastCode(NUMBER)).toBe(CORRECT_CODE);
    });

    it('reports how many attempts are left, then locks the session', async () => {
      const token = await openSession(test.app);
      for (const attempts_left of [4, 3, 2, 1, 0]) {
        const { body } = await verify(test.app, NUMBER, token, WRONG_CODE).expect(400);
        expect(body).toMatchObject({ code: 'security_code_invalid', attempts_left });
      }

      const { body } = await verify(test.app, NUMBER, token, CORRECT_CODE).expect(400);

      expect(body).toEqual({
        statusCode: 400,
        error: 'Bad Request',
        message: 'Too many failed verification attempts. Please request a new code.',
        code: 'security_code_too_many_attempts',
      });
    });
  });
});
