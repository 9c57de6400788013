import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BaseBackend,
  SandboxBackend,
  SmsDeliveryError,
  SMSVerification,
  type VerificationResult,
} from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { backendThat, ODD_THROWS } from '../support/failing-backends.js';
import { NUMBER, openSession, register, resend, CORRECT_CODE, verify } from '../support/requests.js';

let test: TestApplication;

afterEach(() => test.close());

function sessions(): Promise<SMSVerification[]> {
  return test.dataSource.getRepository(SMSVerification).find();
}

const NOT_SENT = {
  statusCode: 502,
  error: 'Bad Gateway',
  message: 'The message could not be sent. Please try again.',
  code: 'sms_delivery_failed',
  retryable: true,
};

describe.each(ADAPTERS)('a provider that fails, on %s', (adapter) => {
  it('is reported together with the session, and a resend succeeds once it is back', async () => {
    let isDown = true;
    class MovingBackend extends SandboxBackend {
      override async sendSms(number: string, message: string) {
        if (isDown) throw new SmsDeliveryError('unavailable', 'down');
        return super.sendSms(number, message);
      }
    }
    test = await startApplication({ adapter, phoneVerify: { backend: MovingBackend } });

    const registered = await register(test.app);
    expect({ status: registered.status, body: registered.body }).toEqual({
      status: 502,
      body: {
        ...NOT_SENT,
        session_token: expect.any(String),
        phone_number: NUMBER,
        expires_in: 600,
        resend_in: 0,
        code_length: 6,
        code_format: 'numeric',
      },
    });
    const token = registered.body.session_token;
    const resent = await resend(test.app, NUMBER, token);
    expect({ status: resent.status, body: resent.body }).toEqual({ status: 502, body: NOT_SENT });
    expect(await sessions()).toMatchObject([{ sendCount: 0, lastSentAt: null }]);
    isDown = false;
    await resend(test.app, NUMBER, token).expect(200);
    await verify(test.app, NUMBER, token, CORRECT_CODE).expect(200);
    expect(await sessions()).toMatchObject([{ sendCount: 1, backend: 'SandboxBackend' }]);
  });
});

describe('the outcome of a send', () => {
  const rejects = ODD_THROWS.map(([name, make]) => [name, () => Promise.reject(make())] as const);
  const throwsAtOnce = ODD_THROWS.map(
    ([name, make]) =>
      [
        `${name}, at once`,
        () => {
          throw make();
        },
      ] as const,
  );

  it.each([...rejects, ...throwsAtOnce])('is unknown if the backend %s', async (_name, send) => {
    test = await startApplication({ phoneVerify: { backend: backendThat(send) } });

    const error: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(SmsDeliveryError);
    expect(error).toMatchObject({ kind: 'unknown', sent: { phoneNumber: NUMBER } });
    expect((await register(test.app)).status).toBe(502);
  });

  it.each([
    ['rejected', false],
    ['unreachable', false],
    ['throttled', true],
    ['unavailable', true],
    ['misconfigured', true],
    ['unknown', true],
  ] as const)('of the kind %s tells the client whether another try can succeed: %s', async (kind, retryable) => {
    const backend = backendThat(() => Promise.reject(new SmsDeliveryError(kind, 'no')));
    test = await startApplication({ phoneVerify: { backend } });

    const { body } = await register(test.app).expect(502);

    expect(body).toMatchObject({ code: 'sms_delivery_failed', retryable });
  });

  it.each(['rejected', 'unreachable', 'throttled', 'unavailable', 'misconfigured', 'unknown'] as const)(
    'has the kind %s of the SmsDeliveryError',
    async (kind) => {
      const thrown = new SmsDeliveryError(kind, 'no', { providerCode: '21211', retryAfterSeconds: 1e9 });
      test = await startApplication({ phoneVerify: { backend: backendThat(() => Promise.reject(thrown)) } });

      await expect(test.service.sendSecurityCode(NUMBER)).rejects.toMatchObject({
        kind,
        providerCode: '21211',
        retryAfterSeconds: 3600,
      });
    },
  );

  it('does not change if the backend fails after it returned', async () => {
    test = await startApplication({
      phoneVerify: { backend: backendThat(() => ({ messageId: 7, backend: 'x'.repeat(99) })) },
    });

    await test.service.sendSecurityCode(NUMBER);

    expect(await sessions()).toMatchObject([{ sendCount: 1, backend: 'x'.repeat(64), messageId: null }]);
  });
});

describe('a backend that never settles', () => {
  it('is aborted at its time limit and blocks no other request', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    let hangs = true;
    const backend = backendThat((_number, _message, signal) => {
      signals.push(signal);
      return hangs ? new Promise(() => undefined) : undefined;
    });
    test = await startApplication({ phoneVerify: { backend, delivery: { timeoutMs: 1500 } } });

    const hanging = Array.from({ length: 100 }, () => register(test.app).then(({ status }) => status));
    await vi.waitFor(() => expect(signals).toHaveLength(100), 5000);
    hangs = false;
    const started = performance.now();
    expect((await register(test.app)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);

    expect(new Set(await Promise.all(hanging))).toEqual(new Set([502]));
    expect(signals.slice(0, 100).every((signal) => signal?.aborted)).toBe(true);
  });
});

describe('the hooks of a backend', () => {
  const never = () => new Promise<never>(() => undefined);
  const boom = () => {
    throw new Error('boom');
  };

  async function start(hooks: object): Promise<void> {
    class HookedBackend extends SandboxBackend {}
    Object.assign(HookedBackend.prototype, hooks);
    test = await startApplication({ phoneVerify: { backend: HookedBackend, delivery: { timeoutMs: 100 } } });
  }

  const CODES = [
    boom,
    never,
    () => 123456,
    () => '123',
    () => '12 45',
    () => 'x'.repeat(33),
    () => '１２３４',
    () => '',
    () => ({}),
  ];

  it.each(CODES)('cause 503 without a session or a message if generateSecurityCode %s', async (hook) => {
    await start({ generateSecurityCode: hook });

    const { status, body } = await register(test.app);

    expect({ status, body }).toEqual({
      status: 503,
      body: {
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'Service temporarily unavailable.',
        code: 'service_unavailable',
      },
    });
    expect(await sessions()).toEqual([]);
    expect(test.sandbox.outbox).toEqual([]);
  });

  it.each([boom, never, () => 1, () => '', () => ({})])('generateMessage: %s is 503', async (hook) => {
    await start({ generateMessage: hook });

    expect((await register(test.app)).body).toMatchObject({ code: 'service_unavailable' });
    expect(await sessions()).toEqual([]);
  });

  it.each([boom, never, () => true, () => ({ status: 'fine' }), () => 'security_code_valid'])(
    'cause 503 and verify nothing if validateSecurityCode %s',
    async (hook) => {
      await start({ validateSecurityCode: hook });
      const token = await openSession(test.app);

      expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).body).toMatchObject({ code: 'service_unavailable' });
      expect(await sessions()).toMatchObject([{ isVerified: false, failedAttempts: 0 }]);
    },
  );

  it.each([() => undefined, () => null, async () => undefined])('%s leaves it to the library', async (hook) => {
    await start({ generateSecurityCode: hook, generateMessage: hook, validateSecurityCode: hook });

    const token = await openSession(test.app);

    const code = /\d{6}/.exec(test.sandbox.outbox[0]?.message ?? '')?.[0] ?? '';
    await verify(test.app, NUMBER, token, code).expect(200);
    expect(await sessions()).toMatchObject([{ isVerified: true }]);
  });

  it.each(['2', 2.5, Number.NaN, {}, null])('pass on no attemptsLeft of %o', async (attemptsLeft) => {
    await start({ validateSecurityCode: () => ({ status: BaseBackend.SECURITY_CODE_INVALID, attemptsLeft }) });

    const result = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, 'any');
    const { body } = await verify(test.app, NUMBER, 'any', CORRECT_CODE);

    expect(result).toEqual({ status: BaseBackend.SECURITY_CODE_INVALID });
    expect(body).toMatchObject({ code: 'security_code_invalid' });
    expect(body).not.toHaveProperty('attempts_left');
  });

  it('can return a status', async () => {
    const results: VerificationResult[] = [
      { status: BaseBackend.SECURITY_CODE_INVALID, attemptsLeft: 2 },
      { status: BaseBackend.SECURITY_CODE_EXPIRED },
      { status: BaseBackend.SESSION_TOKEN_INVALID },
      { status: BaseBackend.SECURITY_CODE_VERIFIED },
      { status: BaseBackend.SECURITY_CODE_TOO_MANY_ATTEMPTS },
    ];
    await start({ validateSecurityCode: () => results.shift() });

    const codes = [];
    for (let time = 0; time < 5; time++) codes.push((await verify(test.app, NUMBER, 'any', CORRECT_CODE)).body);

    expect(codes).toMatchObject([
      { code: 'security_code_invalid', attempts_left: 2 },
      { code: 'security_code_expired' },
      { code: 'security_code_invalid' },
      { code: 'security_code_verified' },
      { code: 'security_code_too_many_attempts' },
    ]);
  });
});
