import { afterEach, describe, expect, it } from 'vitest';
import {
  PHONE_VERIFY_OPTIONS,
  type PhoneVerifyOptions,
  RateLimitedError,
  SandboxBackend,
  SMSVerification,
  type VerificationResult,
  VerificationStatus,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import { PHONE_VERIFY_CLOCK } from '../../lib/phone-verify.tokens.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBERS_OF_TYPES } from '../support/numbers.js';
import { NUMBER, OTHER_NUMBER, openSession, register, resend, verify } from '../support/requests.js';

const CODE = 'Review-42';
const NEW_YEAR = Date.UTC(2027, 0, 1);

let test: TestApplication;
const calls: string[] = [];

/** Records every call, and would accept every code. */
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

  it('may be one that is reserved for fiction', async () => {
    const fictional = '+447700900123';
    await start({ testNumbers: { numbers: { [fictional]: CODE }, until: '2027-01-01' } });

    const token = await openSession(test.app, '+44 7700 900123');
    await resend(test.app, fictional, token).expect(200);
    expect((await verify(test.app, fictional, token, CODE)).body.phone_number).toBe(fictional);
    expect(calls).toEqual([]);
    expect((await register(test.app, '+447700900124')).body.code).toBe('phone_number_invalid');
    expect(await test.service.sendBulkSms([fictional], 'We moved.')).toMatchObject([{ error: { kind: 'rejected' } }]);
    test.clock.set(NEW_YEAR);
    expect((await register(test.app, fictional)).body.code).toBe('phone_number_invalid');
  });

  it('changes nothing for other numbers', async () => {
    await start();

    await openSession(test.app, OTHER_NUMBER);

    expect(calls).toEqual(['generateSecurityCode', 'generateMessage', 'sendSms']);
    expect(test.sandbox.lastCode(OTHER_NUMBER)).toBe('123456');
  });

  it('gets the messages that the application sends in bulk', async () => {
    await start();

    expect(await test.service.sendBulkSms([NUMBER], 'We moved.')).toMatchObject([{ number: NUMBER, receipt: {} }]);
    expect(test.sandbox.outbox).toMatchObject([{ to: NUMBER }]);
  });
});

describe('the limits of a test number', () => {
  const limits = { resendAfter: 30, perNumber: [{ max: 1, seconds: 60 }], total: [{ max: 1, seconds: 60 }] };

  async function send(phoneNumber = NUMBER, ip?: string): Promise<number | 'sent'> {
    try {
      await test.service.sendSecurityCode(phoneNumber, { ip });
      return 'sent';
    } catch (error) {
      if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
      throw error;
    }
  }

  async function sendTimes(times: number, phoneNumber = NUMBER, ip?: string): Promise<(number | 'sent')[]> {
    const outcomes: (number | 'sent')[] = [];
    for (let index = 0; index < times; index++) outcomes.push(await send(phoneNumber, ip));
    return outcomes;
  }

  it('are perIp, for a register and a resend', async () => {
    await start({ limits: { ...NO_LIMITS, ...limits, perIp: [{ max: 3, seconds: 60 }] } });
    const ip = '203.0.113.7';
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { ip });
    await test.service.resendSecurityCode(NUMBER, sessionToken, { ip });
    expect(await send(NUMBER, ip)).toBe('sent');

    expect(await send(NUMBER, ip)).toBe(60);
    await expect(test.service.resendSecurityCode(NUMBER, sessionToken, { ip })).rejects.toThrow(RateLimitedError);
    expect(await send(NUMBER, '203.0.113.8')).toBe('sent');
  });

  it('are a hundred registers an hour of each number, whatever address they come from', async () => {
    await start({
      limits: { ...NO_LIMITS, ...limits },
      testNumbers: { numbers: { [NUMBER]: CODE, [OTHER_NUMBER]: CODE }, until: '2027-01-01' },
    });
    const rules: string[] = [];
    test.app.get(EventPublisher).subscribe((event) => {
      if (event.name === 'phone-verify.rate-limited') rules.push(event.rule);
    });

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    expect((await sendTimes(99)).every((outcome) => outcome === 'sent')).toBe(true);
    expect(await send()).toBe(3600);
    expect(rules).toEqual(['testNumbers']);
    expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(100);
    await test.service.resendSecurityCode(NUMBER, sessionToken);
    expect(await send(OTHER_NUMBER)).toBe('sent');

    test.clock.advance(3600);
    expect(await send()).toBe('sent');
  });

  it('let a hundred of many parallel registers through', async () => {
    await start({ limits: NO_LIMITS, storage: { timeoutMs: 20_000 } });

    const outcomes = await Promise.all(Array.from({ length: 130 }, () => send()));

    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(100);
  });

  it('are cleared with those of the number', async () => {
    await start({ limits: NO_LIMITS });
    await sendTimes(100);
    expect(await send()).toBe(3600);

    await test.service.clearLimits(NUMBER);

    expect(await send()).toBe('sent');
  });

  it('are logged with what to change', async () => {
    const logger = new RecordedLogs();
    test = await startApplication({ logger, phoneVerify: { testNumbers: { numbers: { [NUMBER]: CODE } } } });
    await sendTimes(101);

    expect(logger.text).toContain(
      'testNumbers refused a message to +141******71 (US): the limit of 100 registers of one test number in 3600 ' +
        'seconds is reached. Whoever knows a test number may guess its code: give it a long one.',
    );
  });
});

describe('the start of an application with test numbers', () => {
  it.each([
    [NEW_YEAR - 1, 0],
    [NEW_YEAR, 1],
  ])('warns at %d: %d times', async (now, times) => {
    const logger = new RecordedLogs();
    const testNumbers = { numbers: { [NUMBER]: CODE }, until: '2027-01-01' };
    test = await startApplication({
      logger,
      phoneVerify: { testNumbers },
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_CLOCK).useValue({ now: () => now }),
    });

    expect(logger.lines.filter((line) => line.startsWith('warn: testNumbers: '))).toHaveLength(times);
    expect(logger.text).not.toContain(CODE);
    expect(JSON.stringify(test.app.get(PHONE_VERIFY_OPTIONS))).not.toContain(NUMBER);
  });
});
