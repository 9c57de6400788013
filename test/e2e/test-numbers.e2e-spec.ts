import { afterEach, describe, expect, it } from 'vitest';
import {
  PHONE_VERIFY_OPTIONS,
  type PhoneVerifyOptions,
  SandboxBackend,
  SMSVerification,
  type VerificationResult,
  VerificationStatus,
} from '../../lib/index.js';
import { PHONE_VERIFY_CLOCK } from '../../lib/phone-verify.tokens.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { KeptLogs } from '../support/logs.js';
import { NUMBERS_OF_TYPES } from '../support/numbers.js';
import { NUMBER, OTHER_NUMBER, openSession, register, resend, verify } from '../support/requests.js';

const CODE = 'Review-42';
const NEW_YEAR = Date.UTC(2027, 0, 1);

let test: TestApplication;
const calls: string[] = [];

/** Notes every call of it, and would take every code. */
class NotingBackend extends SandboxBackend {
  override generateSecurityCode(): string {
    calls.push('generateSecurityCode');
    return super.generateSecurityCode();
  }

  override generateMessage(): undefined {
    calls.push('generateMessage');
  }

  override async sendSms(number: string, message: string) {
    calls.push('sendSms');
    return super.sendSms(number, message);
  }

  override validateSecurityCode(): VerificationResult {
    calls.push('validateSecurityCode');
    return { status: VerificationStatus.Valid };
  }
}

async function start(options: Partial<PhoneVerifyOptions> = {}, adapter: 'express' | 'fastify' = 'express') {
  const testNumbers = { numbers: { [NUMBER]: CODE }, until: '2027-01-01' };
  test = await startApplication({ adapter, phoneVerify: { backend: NotingBackend, testNumbers, ...options } });
  test.clock.set(NEW_YEAR - 86_400_000);
}

afterEach(async () => {
  calls.length = 0;
  await test.close();
});

describe.each(ADAPTERS)('a test number, on %s', (adapter) => {
  it('has a fixed code, and nothing is sent to it', async () => {
    await start({}, adapter);

    const { status, body } = await register(test.app, '+1 (415) 555-2671');
    expect({ status, length: body.code_length }).toEqual({ status: 200, length: CODE.length });
    await resend(test.app, NUMBER, body.session_token).expect(200);
    const verified = await verify(test.app, NUMBER, body.session_token, CODE);

    expect(verified.body).toMatchObject({ phone_number: NUMBER, verification_token: expect.any(String) });
    expect(calls).toEqual([]);
    expect(test.sandbox.outbox).toEqual([]);
    const rows = await test.dataSource.getRepository(SMSVerification).find();
    expect(rows).toMatchObject([
      { phoneNumber: NUMBER, backend: 'test-number', messageId: null, sendCount: 2, isVerified: true },
    ]);
  });

  it('is checked like any other number', async () => {
    await start({ maxFailedAttempts: 2 }, adapter);
    const locked = await openSession(test.app);
    const expired = await openSession(test.app);
    const used = await openSession(test.app);

    expect((await verify(test.app, NUMBER, locked, '123456')).body.attempts_left).toBe(1);
    await verify(test.app, NUMBER, locked, CODE.toLowerCase()).expect(400);
    expect((await verify(test.app, NUMBER, locked, CODE)).body.code).toBe('security_code_too_many_attempts');
    expect((await verify(test.app, NUMBER, 'unknown', CODE)).body.code).toBe('security_code_invalid');
    await verify(test.app, NUMBER, used, CODE).expect(200);
    expect((await verify(test.app, NUMBER, used, CODE)).body.code).toBe('security_code_verified');
    test.clock.advance(600);
    expect((await verify(test.app, NUMBER, expired, CODE)).body.code).toBe('security_code_expired');
    expect(calls).toEqual([]);
  });

  it('is an ordinary number after `until`', async () => {
    await start({}, adapter);
    test.clock.set(NEW_YEAR - 1);
    await register(test.app).expect(200);
    expect(calls).toEqual([]);

    test.clock.set(NEW_YEAR);
    const token = await openSession(test.app);
    expect(calls).toEqual(['generateSecurityCode', 'generateMessage', 'sendSms']);
    await verify(test.app, NUMBER, token, '000000').expect(200);
    expect(calls.at(-1)).toBe('validateSecurityCode');
  });
});

describe('a test number', () => {
  it('is not refused by the policy before `until`', async () => {
    const forbidden = NUMBERS_OF_TYPES.TOLL_FREE;
    await start({
      numbers: { allowedCountries: ['US'] },
      testNumbers: { numbers: { [forbidden]: CODE }, until: '2027-01-01' },
    });

    const token = await openSession(test.app, forbidden);
    await resend(test.app, forbidden, token).expect(200);
    await verify(test.app, forbidden, token, CODE).expect(200);
    test.clock.set(NEW_YEAR);
    expect((await register(test.app, forbidden)).body.code).toBe('phone_number_not_allowed');
  });

  it('changes nothing for other numbers', async () => {
    await start();

    await openSession(test.app, OTHER_NUMBER);

    expect(calls).toEqual(['generateSecurityCode', 'generateMessage', 'sendSms']);
    expect(test.sandbox.lastCode(OTHER_NUMBER)).toBe('123456');
  });

  it('gets the notices of the application', async () => {
    await start();

    expect(await test.service.sendBulkSms([NUMBER], 'We moved.')).toMatchObject([{ number: NUMBER, receipt: {} }]);
    expect(test.sandbox.outbox).toMatchObject([{ to: NUMBER }]);
  });
});

describe('the start of an application with test numbers', () => {
  it.each([
    [NEW_YEAR - 1, 0],
    [NEW_YEAR, 1],
  ])('warns at %d: %d times', async (now, times) => {
    const logger = new KeptLogs();
    const testNumbers = { numbers: { [NUMBER]: CODE }, until: '2027-01-01' };
    test = await startApplication({
      logger,
      phoneVerify: { testNumbers },
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_CLOCK).useValue({ now: () => now }),
    });

    expect(logger.lines.filter((line) => line.startsWith('warn: testNumbers: '))).toHaveLength(times);
    expect(logger.text).not.toContain(CODE);
    expect(JSON.stringify(test.app.get(PHONE_VERIFY_OPTIONS))).not.toContain('testNumbers');
  });
});
