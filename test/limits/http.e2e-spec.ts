import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { type LimitOptions, SMSVerification } from '../../lib/index.js';
import { ADAPTERS, type Adapter, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, post, register, resend, CORRECT_CODE, verify } from '../support/requests.js';

const numberOf = (index: number): string => `+141555526${String(index).padStart(2, '0')}`;

let test: TestApplication;
const logger = new RecordedLogs();

async function start(adapter: Adapter, limits: LimitOptions | 'defaults', trustProxy?: string): Promise<void> {
  logger.lines.length = 0;
  test = await startApplication({
    adapter,
    logger,
    ...(trustProxy !== undefined && { trustProxy }),
    phoneVerify: { limits: limits === 'defaults' ? {} : { ...NO_LIMITS, ...limits } },
  });
}

afterEach(() => test.close());

describe.each(ADAPTERS)('the limits over HTTP, on %s', (adapter) => {
  it('apply without configuration', async () => {
    await start(adapter, 'defaults');
    const { body } = await register(test.app).expect(200);
    expect(body.resend_in).toBe(30);
    await register(test.app).expect(429);
    test.clock.advance(31);
    await resend(test.app, NUMBER, body.session_token).expect(200);
  });

  it('respond with 429 and the seconds to wait, without naming the rule', async () => {
    await start(adapter, { resendAfter: 30, perNumber: [{ max: 1, seconds: 3600 }] });
    const first = await register(test.app).expect(200);
    test.clock.advance(0.5);

    const second = await register(test.app).expect(429);

    expect(second.headers['retry-after']).toBe('3600');
    expect(second.headers['cache-control']).toBe('no-store');
    expect(second.body).toEqual({
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Too many requests. Please try again later.',
      code: 'rate_limited',
      retry_after: 3600,
    });
    expect(logger.text).toContain('perNumber');
    expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(1);
    await verify(test.app, NUMBER, first.body.session_token, CORRECT_CODE).expect(200);
  });

  it('cannot be bypassed by another spelling of the path or another method', async () => {
    await start(adapter, { resendAfter: 30 });
    await register(test.app).expect(200);
    await post(test.app, '/phone/register', { phone_number: '+1 (415) 555-2671' }).expect(429);
    for (const path of ['/phone/register/', '/Phone/Register', '/phone//register', '/phone/register?x=1']) {
      const { status } = await post(test.app, path, { phone_number: NUMBER });
      expect([404, 429]).toContain(status);
    }
    await request(test.app.getHttpServer()).head('/phone/register').expect(404);
    await post(test.app, '/phone/register', { phone_number: NUMBER }).set('X-HTTP-Method-Override', 'PUT').expect(429);
    expect(test.sandbox.outbox).toHaveLength(1);
  });

  it('count the address of the connection and ignore headers if no proxy is trusted', async () => {
    await start(adapter, { perIp: [{ max: 2, seconds: 60 }] });
    await register(test.app, numberOf(1)).expect(200);
    await register(test.app, numberOf(2)).expect(200);
    await register(test.app, numberOf(3)).expect(429);
    await register(test.app, numberOf(3)).set('X-Real-IP', '192.0.2.1').expect(429);
  });

  it('are higher behind an untrusted private proxy, and the log names the setting to change', async () => {
    await start(adapter, { perIp: [{ max: 1, seconds: 60 }] });
    for (let index = 0; index < 4; index++) {
      await register(test.app, numberOf(index)).set('X-Forwarded-For', `192.0.2.${index}`).expect(200);
    }
    expect(logger.lines.filter((line) => line.startsWith('error: '))).toHaveLength(1);
    expect(logger.text).toMatch(/trust proxy.*trustProxy/);
    // The higher limit behind such a proxy is not reached.
    expect(logger.text).not.toContain('limits.perIp refused');
  });

  it('count each client of a trusted proxy separately', async () => {
    await start(adapter, { perIp: [{ max: 1, seconds: 60 }] }, 'loopback');
    const from = (ip: string, index: number) => register(test.app, numberOf(index)).set('X-Forwarded-For', ip);
    await from('192.0.2.1', 1).expect(200);
    await from('192.0.2.2', 2).expect(200);
    await from('198.51.100.9, 192.0.2.1', 3).expect(429);
    await from('2001:db8::1', 4).expect(200);
    await from('2001:db8::2', 5).expect(429);
    expect(logger.lines.filter((line) => line.startsWith('error: '))).toEqual([]);
  });

  it('refuse sends with 503 and still allow checks if their store is unavailable', async () => {
    await start(adapter, { resendAfter: 30, conversion: {} });
    const { body } = await register(test.app).expect(200);
    await test.dataSource.query('DROP TABLE sms_verification_counter');

    const refused = await register(test.app, numberOf(1)).expect(503);
    await resend(test.app, NUMBER, body.session_token).expect(503);

    expect(refused.body.code).toBe('service_unavailable');
    expect(test.sandbox.outbox).toHaveLength(1);
    await verify(test.app, NUMBER, body.session_token, '000000').expect(400);
    await verify(test.app, NUMBER, body.session_token, CORRECT_CODE).expect(200);
  });
});

it('a number that is not allowed charges no limit', async () => {
  await start('express', { perIp: [{ max: 1, seconds: 60 }] });
  for (let index = 0; index < 3; index++) await register(test.app, '+449012345678').expect(400);
  await register(test.app).expect(200);
});
