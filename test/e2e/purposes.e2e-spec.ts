import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentInvalidError, BaseBackend, type SendContext, SMSVerification } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, OTHER_NUMBER, openSession, post, CORRECT_CODE } from '../support/requests.js';

const ROUTES = ['register', 'resend', 'verify'] as const;

/** A backend that records the context of each send. */
class RecordingBackend extends BaseBackend {
  readonly sends: (SendContext | undefined)[] = [];

  override async sendSms(_number: string, _message: string, send?: SendContext): Promise<void> {
    this.sends.push(send);
  }

  override generateSecurityCode(): string {
    return CORRECT_CODE;
  }
}

describe.each(ADAPTERS)('purposes over HTTP, on %s', (adapter) => {
  let test: TestApplication;

  beforeAll(async () => {
    test = await startApplication({ adapter, phoneVerify: { purposes: ['login', 'change-phone'] } });
  });

  afterAll(() => test.close());

  it('a code is registered, resent and verified for a purpose', async () => {
    const purpose = 'login';
    const { body } = await post(test.app, '/phone/register', { phone_number: NUMBER, purpose }).expect(200);
    const session = { phone_number: NUMBER, session_token: body.session_token };
    const right = { ...session, security_code: CORRECT_CODE };
    const refused = { statusCode: 400, error: 'Bad Request', message: 'Security code is not valid' };

    for (const other of [{ purpose: 'change-phone' }, { purpose: '' }, {}]) {
      const resend = await post(test.app, '/phone/resend', { ...session, ...other });
      expect(resend.body).toEqual({ ...refused, code: 'security_code_invalid' });
      const verify = await post(test.app, '/phone/verify', { ...right, ...other });
      expect(verify.body).toEqual({ ...refused, code: 'security_code_invalid' });
    }
    await post(test.app, '/phone/resend', { ...session, purpose }).expect(200);
    const { body: verified } = await post(test.app, '/phone/verify', { ...right, purpose }).expect(200);

    const verificationToken: string = verified.verification_token;
    expect(await test.service.getVerifiedPhone(verificationToken)).toBeNull();
    expect(await test.service.getVerifiedPhone(verificationToken, { purpose })).toMatchObject({
      phoneNumber: NUMBER,
      purpose,
    });
  });

  it.each(ROUTES)(
    '%s: an unknown purpose, or one that is not a string, is refused with 400 and has no effect',
    async (route) => {
      const session_token = await openSession(test.app);
      const rows = () =>
        test.dataSource.getRepository(SMSVerification).find({ order: { createdAt: 'ASC', id: 'ASC' } });
      const before = await rows();
      test.sandbox.clear();
      const given = { phone_number: NUMBER, session_token, security_code: CORRECT_CODE };
      const wrong: [unknown, string][] = [
        ...['other', 'Login', 'login ', 'login\0', '__proto__', 'constructor', 'x'.repeat(10_240)].map(
          (purpose): [unknown, string] => [purpose, 'Not a valid choice.'],
        ),
        ...[null, 7, true, ['login'], { $ne: '' }].map((purpose): [unknown, string] => [
          purpose,
          'Not a valid string.',
        ]),
      ];

      for (const [purpose, text] of wrong) {
        const response = await post(test.app, `/phone/${route}`, { ...given, purpose });

        expect(response.status).toBe(400);
        expect(response.headers['cache-control']).toBe('no-store');
        expect(response.body).toEqual({
          statusCode: 400,
          error: 'Bad Request',
          message: [text],
          code: 'request_invalid',
          errors: { purpose: [text] },
        });
      }

      expect(await rows()).toEqual(before);
      expect(test.sandbox.outbox).toEqual([]);
    },
  );

  it('the errors of all invalid fields are in one response', async () => {
    const { body } = await post(test.app, '/phone/register', { phone_number: 7, purpose: 'other' });

    expect(body).toMatchObject({
      message: ['Not a valid string.', 'Not a valid choice.'],
      errors: { phone_number: ['Not a valid string.'], purpose: ['Not a valid choice.'] },
    });
  });

  it('an inherited purpose is ignored', async () => {
    const text = `{"phone_number":"${OTHER_NUMBER}","__proto__":{"purpose":"login"}}`;
    const { status } = await post(test.app, '/phone/register', {}).type('json').send(text);

    // The adapter itself may refuse this key.
    expect([200, 400]).toContain(status);
    const rows = await test.dataSource.getRepository(SMSVerification).findBy({ phoneNumber: OTHER_NUMBER });
    expect(rows.filter(({ purpose }) => purpose !== '')).toEqual([]);
  });

  it('the field is ignored, whatever it contains, if no purposes are configured', async () => {
    const plain = await startApplication({ adapter });

    for (const purpose of ['login', 7, null]) {
      const { body } = await post(plain.app, '/phone/register', { phone_number: NUMBER, purpose }).expect(200);
      const session = { phone_number: NUMBER, session_token: body.session_token, purpose };
      await post(plain.app, '/phone/resend', session).expect(200);
      await post(plain.app, '/phone/verify', { ...session, security_code: CORRECT_CODE }).expect(200);
    }

    await plain.close();
  });
});

describe('purposes of the service', () => {
  it('are refused by every call if they are unknown, without an effect', async () => {
    const test = await startApplication({ phoneVerify: { purposes: ['login'] } });
    const { service } = test;
    const { sessionToken } = await service.sendSecurityCode(NUMBER, { purpose: 'login' });
    test.sandbox.clear();

    for (const purpose of ['Login', 'other', ' ', null, 7, ['login']] as string[]) {
      const calls = [
        service.sendSecurityCode(NUMBER, { purpose }),
        service.resendSecurityCode(NUMBER, sessionToken, { purpose }),
        service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken, { purpose }),
        service.getVerifiedPhone(sessionToken, { purpose }),
        service.consumeVerifiedPhone(sessionToken, { purpose }),
      ];
      for (const call of calls) await expect(call).rejects.toThrow(ArgumentInvalidError);
    }

    expect(test.sandbox.outbox).toEqual([]);
    expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(1);
    await test.close();
  });

  it('are passed to the backend with each send', async () => {
    const test = await startApplication({ phoneVerify: { backend: RecordingBackend, purposes: ['login'] } });
    const backend = test.sandbox as unknown as RecordingBackend;

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { purpose: 'login' });
    await test.service.resendSecurityCode(NUMBER, sessionToken, { purpose: 'login' });
    await test.service.sendSecurityCode(NUMBER);

    expect(backend.sends.map((send) => send?.purpose)).toEqual(['login', 'login', '']);
    await test.close();
  });
});
