import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ArgumentInvalidError,
  BaseBackend,
  type BulkSendResult,
  PhoneNumberInvalidError,
  SmsDeliveryError,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE } from '../support/requests.js';

let test: TestApplication;

afterEach(async () => {
  vi.useRealTimers();
  await test.close();
});

describe('a caller in plain JavaScript', () => {
  it('gets errors that name what to fix', async () => {
    test = await startApplication();
    const { service } = test;
    const { sessionToken } = await service.sendSecurityCode(NUMBER);

    await expect(service.sendSecurityCode('none')).rejects.toThrow(PhoneNumberInvalidError);
    await expect(service.sendSecurityCode(7 as never)).rejects.toThrow(PhoneNumberInvalidError);
    await expect(service.sendSecurityCode(NUMBER, { purpose: 'login' })).rejects.toThrow(ArgumentInvalidError);
    await expect(service.resendSecurityCode(NUMBER, {} as never)).rejects.toThrow(ArgumentInvalidError);
    await expect(service.verifySecurityCode(NUMBER, 123456 as never, sessionToken)).rejects.toThrow('securityCode');
    await expect(service.verifySecurityCode(NUMBER, CORRECT_CODE, ['x'] as never)).rejects.toThrow('sessionToken');
    await expect(service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken, { purpose: 'x' })).rejects.toThrow(
      'purpose',
    );
    await expect(service.getVerifiedPhone(undefined as never)).rejects.toThrow('verificationToken');
    await expect(service.consumeVerifiedPhone('x', { purpose: 'x' })).rejects.toThrow('purpose');
    expect((await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status).toBe('security_code_valid');
  });
});

it('a context can replace neither the code nor the name of the application', async () => {
  test = await startApplication({ phoneVerify: { message: '{app}: {security_code} {name}', contextKeys: ['name'] } });

  const context = { app: 'Other', security_code: '000000', name: 'Ada' };
  const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { context });
  await test.service.resendSecurityCode(NUMBER, sessionToken, { context });

  const message = `Acme: ${CORRECT_CODE} Ada`;
  expect(test.sandbox.outbox).toMatchObject([{ message }, { message }]);
});

describe('sendBulkSms', () => {
  const MANY = Array.from({ length: 30 }, (_, index) => `+141555526${10 + index}`);

  it.each(['the module', 'the backend itself'])(
    'ends at a fault of the account, called through %s',
    async (through) => {
      const tried: string[] = [];
      class WithoutCredit extends BaseBackend {
        override async sendSms(number: string): Promise<void> {
          tried.push(number);
          throw new SmsDeliveryError('misconfigured', `No credit for ${number}.`, { providerCode: '402' });
        }
      }
      test = await startApplication({ phoneVerify: { backend: WithoutCredit }, logger: new RecordedLogs() });

      const results =
        through === 'the module'
          ? await test.service.sendBulkSms(MANY, 'We moved.')
          : await new WithoutCredit({}).sendBulkSms(MANY, 'We moved.');

      expect(results?.map(({ number }) => number)).toEqual(MANY);
      for (const { error } of results ?? [])
        expect(error).toMatchObject({ kind: 'misconfigured', providerCode: '402' });
      expect(tried).toHaveLength(5);
      for (const { error } of results?.slice(5) ?? []) expect(error?.message).not.toMatch(/\d{8}/);
    },
  );

  async function bulk(
    send: (numbers: readonly string[]) => unknown,
    logger: RecordedLogs | false = false,
  ): Promise<BulkSendResult> {
    class BulkBackend extends BaseBackend {
      override async sendSms(): Promise<void> {}

      override sendBulkSms(numbers: readonly string[]): Promise<BulkSendResult> {
        return send(numbers) as Promise<BulkSendResult>;
      }
    }
    test = await startApplication({ phoneVerify: { backend: BulkBackend, delivery: { timeoutMs: 50 } }, logger });
    return test.service.sendBulkSms(['+1 415 555 2671', 'none', OTHER_NUMBER], 'We moved.');
  }

  const INVALID = { number: 'none', error: expect.objectContaining({ kind: 'rejected' }) };

  it('tries each number, and rejects texts that are not numbers', async () => {
    test = await startApplication();

    expect(await test.service.sendBulkSms(['+1 415 555 2671', 'none', OTHER_NUMBER], 'We moved.')).toEqual([
      { number: NUMBER, receipt: { backend: 'SandboxBackend' } },
      INVALID,
      { number: OTHER_NUMBER, receipt: { backend: 'SandboxBackend' } },
    ]);
    expect(test.sandbox.outbox).toMatchObject([{ message: 'We moved.' }, { message: 'We moved.' }]);
  });

  it('reports the failure of each number, also of one that never settles', async () => {
    class HalfBackend extends BaseBackend {
      override sendSms(number: string): Promise<void> {
        return number === NUMBER
          ? new Promise(() => undefined)
          : Promise.reject(new SmsDeliveryError('rejected', 'no'));
      }
    }
    test = await startApplication({ phoneVerify: { backend: HalfBackend, delivery: { timeoutMs: 50 } } });

    expect(await test.service.sendBulkSms([NUMBER, OTHER_NUMBER], 'x')).toMatchObject([
      { number: NUMBER, error: { kind: 'unknown' } },
      { number: OTHER_NUMBER, error: { kind: 'rejected' } },
    ]);
  });

  it('accepts the results of a backend in any order, and reports a missing one as unknown', async () => {
    const results = await bulk(async () => [
      { number: OTHER_NUMBER, receipt: { backend: 'own', messageId: 'm' } },
      { number: '+15550000000', receipt: { backend: 'own' } },
    ]);

    expect(results).toEqual([
      { number: NUMBER, error: expect.objectContaining({ kind: 'unknown' }) },
      INVALID,
      { number: OTHER_NUMBER, receipt: { backend: 'own', messageId: 'm' } },
    ]);
  });

  it("keeps the kind of a backend's error", async () => {
    const error = new SmsDeliveryError('throttled', 'slow', { retryAfterSeconds: 5 });

    const [first] = await bulk(async (numbers) => numbers.map((number) => ({ number, error })));

    expect(first?.error).toMatchObject({ kind: 'throttled', retryAfterSeconds: 5 });
  });

  it.each([
    ['throws', () => Promise.reject(new Error(`no ${NUMBER}`))],
    ['never settles', () => new Promise(() => undefined)],
  ])('fails for every number if the backend %s', async (_name, send) => {
    const results = await bulk(send);

    expect(results).toMatchObject([
      { number: NUMBER, error: { kind: 'unknown' } },
      { number: 'none', error: { kind: 'rejected' } },
      { number: OTHER_NUMBER, error: { kind: 'unknown' } },
    ]);
    expect(String(results[0]?.error?.cause)).not.toContain(NUMBER);
  });

  it('removes all numbers from an error in which the backend names them', async () => {
    const logs = new RecordedLogs();
    const results = await bulk((numbers) => Promise.reject(new Error(`no ${numbers.join(', ')}`)), logs);

    for (const text of [logs.text, String(results[0]?.error?.cause), String(results[2]?.error?.cause)]) {
      expect(text).toContain('no ');
      expect(text).not.toContain(NUMBER);
      expect(text).not.toContain(OTHER_NUMBER);
    }
  });

  it('allows a backend that sends one by one the time limit of each message', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const results = await bulk(async (numbers) => {
      // The second of two sends ends after the time limit of a single one.
      await vi.advanceTimersByTimeAsync(60);
      return numbers.map((number) => ({ number, receipt: { backend: 'own' } }));
    });

    expect(results[0]).toEqual({ number: NUMBER, receipt: { backend: 'own' } });
  });

  it('does not call the backend if there are no numbers', async () => {
    test = await startApplication();

    expect(await test.service.sendBulkSms([], 'x')).toEqual([]);
  });
});
