import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type AuthorizeSend,
  type IdentifyClient,
  RateLimitedError,
  ResendRefusedError,
  type SendToAuthorize,
  SMSVerification,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import type { PhoneVerifyEvent } from '../../lib/observability/phone-verify-event.js';
import { ADAPTERS, type Adapter, startApplication, type TestApplication } from '../support/application.js';
import { ODD_THROWS } from '../support/failing-backends.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, OTHER_NUMBER, register, resend } from '../support/requests.js';

let test: TestApplication;
const logger = new RecordedLogs();

async function start(
  authorizeSend: AuthorizeSend,
  { adapter = 'express', identifyClient }: { adapter?: Adapter; identifyClient?: IdentifyClient } = {},
): Promise<void> {
  logger.lines.length = 0;
  test = await startApplication({
    adapter,
    logger,
    phoneVerify: {
      authorizeSend,
      identifyClient,
      limits: { ...NO_LIMITS, perNumber: [{ max: 1, seconds: 60 }] },
      testNumbers: { numbers: { [OTHER_NUMBER]: '4711' } },
    },
  });
}

afterEach(async () => {
  vi.useRealTimers();
  await test.close();
});

describe('authorizeSend', () => {
  it('gets the number, country, address, subject, purpose and usage, over HTTP and for a test number', async () => {
    const sends: SendToAuthorize[] = [];
    await start((send) => sends.push(send) > 0, { identifyClient: () => ({ subject: 'ada' }) });

    await register(test.app).expect(200);
    await test.service.sendSecurityCode(OTHER_NUMBER, { ip: '::ffff:192.0.2.1', subject: 'grace', ownNumber: true });
    await test.service.sendSecurityCode(OTHER_NUMBER);

    const given = { country: 'GG', purpose: '', usage: expect.any(Function) };
    const byService = { ...given, phoneNumber: OTHER_NUMBER, request: undefined };
    expect(sends).toStrictEqual([
      {
        ...given,
        phoneNumber: NUMBER,
        country: 'US',
        ip: '127.0.0.1',
        subject: 'ada',
        ownNumber: false,
        request: expect.anything(),
      },
      { ...byService, ip: '192.0.2.1', subject: 'grace', ownNumber: true },
      { ...byService, ip: undefined, subject: undefined, ownNumber: false },
    ]);
  });

  it.each(ADAPTERS)('gets the request of the adapter for a register and a resend, on %s', async (adapter) => {
    const identified: unknown[] = [];
    const authorized: unknown[] = [];
    await start(({ request }) => authorized.push(request) > 0, {
      adapter,
      identifyClient: (request) => {
        identified.push(request);
        return {};
      },
    });

    const { body } = await register(test.app, OTHER_NUMBER).set('X-Captcha', 'solved').expect(200);
    await resend(test.app, OTHER_NUMBER, body.session_token).set('X-Captcha', 'again').expect(200);

    expect(authorized).toHaveLength(2);
    for (const [index, request] of authorized.entries()) expect(request).toBe(identified[index]);
    expect(authorized).toMatchObject([
      { headers: { 'x-captcha': 'solved' }, body: { phone_number: OTHER_NUMBER } },
      { headers: { 'x-captcha': 'again' }, body: { session_token: body.session_token } },
    ]);
  });

  it('is called for a resend only if the session allows one', async () => {
    const authorizeSend = vi.fn(() => true);
    await start(authorizeSend);
    const { sessionToken } = await test.service.sendSecurityCode(OTHER_NUMBER);
    await test.service.resendSecurityCode(OTHER_NUMBER, sessionToken);
    await expect(test.service.resendSecurityCode(OTHER_NUMBER, 'unknown')).rejects.toThrow(ResendRefusedError);
    expect(authorizeSend).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['false', () => false],
    ['a promise of false', async () => false],
    ['nothing', (() => undefined) as unknown as AuthorizeSend],
    ['a text', (() => 'yes') as unknown as AuthorizeSend],
  ] as const)(
    'refuses the send if it returns %s: 429 without Retry-After, without a charge, without a row',
    async (_name, decide) => {
      let isOpen = false;
      await start((send) => (isOpen ? true : decide(send)));
      const events: PhoneVerifyEvent[] = [];
      test.app.get(EventPublisher).subscribe((event) => events.push(event));

      const { body, headers } = await register(test.app).expect(429);

      expect(body).toEqual({
        statusCode: 429,
        error: 'Too Many Requests',
        message: 'Too many requests. Please try again later.',
        code: 'rate_limited',
      });
      expect(headers['retry-after']).toBeUndefined();
      expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(0);
      expect(events).toMatchObject([{ rule: 'application', enforced: true, phoneNumber: NUMBER }]);
      isOpen = true;
      await register(test.app).expect(200);
    },
  );

  it.each(ODD_THROWS)('refuses the send if it throws %s', async (_name, make) => {
    await start(() => {
      throw make();
    });
    await register(test.app).expect(429);
    expect(logger.text).toMatch(/authorizeSend/);
    expect(logger.text).not.toContain(NUMBER);
  });

  it('refuses the send if it does not respond within five seconds', async () => {
    await start(() => new Promise(() => undefined));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
    const refused = test.service.sendSecurityCode(NUMBER).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5001);
    expect(await refused).toBeInstanceOf(RateLimitedError);
  });
});
