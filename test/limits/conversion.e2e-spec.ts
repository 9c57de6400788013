import { afterEach, describe, expect, it } from 'vitest';
import {
  type LimitOptions,
  RateLimitedError,
  type SendReceipt,
  SmsDeliveryError,
  type SmsDeliveryErrorKind,
  SandboxBackend,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import type { PhoneVerifyEvent } from '../../lib/observability/phone-verify-event.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { OTHER_NUMBER, CORRECT_CODE } from '../support/requests.js';

class SandboxWithOutage extends SandboxBackend {
  kind: SmsDeliveryErrorKind | undefined;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    if (this.kind !== undefined) throw new SmsDeliveryError(this.kind, 'It failed.');
    return super.sendSms(number, message);
  }
}

const GUARD = { by: 'country', minimumSent: 10, minimumVerified: 0.5, seconds: 3600, blockSeconds: 600 } as const;

let test: TestApplication & { readonly sandbox: SandboxWithOutage };
let events: PhoneVerifyEvent[];
let next: number;
const logger = new RecordedLogs();

/** A test number of the United States. */
const TEST_NUMBER = '+14155552671';

async function start(conversion: NonNullable<LimitOptions['conversion']>, verifyOnlyOnce = true): Promise<void> {
  next = 0;
  events = [];
  logger.lines.length = 0;
  test = (await startApplication({
    logger,
    phoneVerify: {
      backend: SandboxWithOutage,
      verifyOnlyOnce,
      limits: { ...NO_LIMITS, conversion },
      testNumbers: { numbers: { [TEST_NUMBER]: CORRECT_CODE } },
    },
  })) as typeof test;
  test.app.get(EventPublisher).subscribe((event) => events.push(event));
}

/** Returns a new number of the United States at each call, always with the same prefix. */
function newNumber(): string {
  return `+1415555${String(next++).padStart(4, '0')}`;
}

/** Returns a new number of the United States at each call, each with a different prefix. */
function newNumberOfAnotherPrefix(): string {
  return `+1212${String(200 + (next++ % 700))}0100`;
}

/** Returns a different address at each call. */
function newAddress(): string {
  return `198.18.${next >> 8}.${next++ & 255}`;
}

async function send(phoneNumber = newNumber(), ip?: string): Promise<number | 'sent'> {
  try {
    await test.service.sendSecurityCode(phoneNumber, { ip });
    return 'sent';
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

/** Sends codes, then exchanges the counts with the store. */
async function sendTimes(times: number, numberOf = newNumber, addressOf?: () => string): Promise<void> {
  for (let index = 0; index < times; index++) expect(await send(numberOf(), addressOf?.())).toBe('sent');
  await test.exchangeConversion();
}

/** Sends codes and verifies them, then exchanges the counts with the store. */
async function verifyTimes(times: number, checks = 1): Promise<void> {
  for (let index = 0; index < times; index++) {
    const number = newNumber();
    const { sessionToken } = await test.service.sendSecurityCode(number);
    for (let check = 0; check < checks; check++) {
      await test.service.verifySecurityCode(number, CORRECT_CODE, sessionToken);
      test.clock.advance(0.001);
    }
  }
  await test.exchangeConversion();
}

const reports = (): boolean[] =>
  events.flatMap((event) =>
    event.name === 'phone-verify.rate-limited' && event.rule === 'conversion' ? [event.enforced] : [],
  );

afterEach(() => test.close());

describe('an enforcing conversion guard', () => {
  it('blocks a prefix with many messages and few verified sessions, and no other prefix of the country', async () => {
    await start({ ...GUARD, minimumSent: 50, mode: 'enforce' });
    await sendTimes(60, newNumber, () => '203.0.113.7');
    expect(await send()).toBe(600);
    test.clock.advance(100);
    expect(await send()).toBe(500);
    expect(await send(newNumberOfAnotherPrefix())).toBe('sent');
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect(test.sandbox.outbox).toHaveLength(62);
    expect((await test.service.describePhone(newNumber())).conversionBlockedUntil?.getTime()).toBe(
      test.clock.now() + 500_000,
    );
    expect((await test.service.describePhone(newNumberOfAnotherPrefix())).conversionBlockedUntil).toBeUndefined();
    expect(logger.text).toContain('its prefix is blocked, since too few of the messages sent there were verified');
  });

  it.each([
    ['one IPv4 address', () => '203.0.113.7'],
    ['the /64 networks of one IPv6 /48', () => `2001:db8:7:${(next++).toString(16)}::1`],
    ['9 addresses', () => `203.0.113.${next++ % 9}`],
    ['no address', undefined],
  ])('does not block a country after 200 messages from %s to many prefixes', async (_name, addressOf) => {
    await start({ mode: 'enforce' });
    for (let round = 0; round < 4; round++) await sendTimes(50, newNumberOfAnotherPrefix, addressOf);

    expect(await send(newNumber())).toBe('sent');
    expect(reports()).toEqual([]);
  });

  it('blocks a country, and no other, after messages from 30 addresses', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(30, newNumberOfAnotherPrefix, newAddress);

    expect(await send(newNumber())).toBe(600);
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect((await test.service.describePhone(newNumber())).conversionBlockedUntil?.getTime()).toBe(
      test.clock.now() + 600_000,
    );
    expect(logger.text).toContain('its country is blocked');
  });

  it('blocks a country only from minimumAddresses on', async () => {
    await start({ ...GUARD, minimumAddresses: 60, mode: 'enforce' });
    await sendTimes(30, newNumberOfAnotherPrefix, newAddress);
    expect(await send(newNumber())).toBe('sent');

    await sendTimes(120, newNumberOfAnotherPrefix, newAddress);
    expect(await send(newNumber())).toBe(600);
  });

  it('blocks only prefixes with `by: prefix`', async () => {
    await start({ ...GUARD, by: 'prefix', mode: 'enforce' });
    await sendTimes(30, newNumberOfAnotherPrefix, newAddress);
    expect(await send(newNumber())).toBe('sent');
    await sendTimes(10, newNumber, newAddress);

    expect(await send()).toBe(600);
    expect(await send(newNumberOfAnotherPrefix())).toBe('sent');
  });

  it('lets messages through after the block and counts only those', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(10);
    expect(await send()).toBe(600);
    test.clock.advance(600);
    await sendTimes(9);
    await sendTimes(1);
    expect(await send()).toBe(600);
  });

  it('blocks a prefix for at most blockSeconds, even if the clock was ahead when the block began', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    const now = test.clock.now();
    test.clock.advance(365 * 86_400);
    await sendTimes(10);
    expect(await send()).toBe(600);
    test.clock.set(now);
    await test.exchangeConversion();
    expect(await send()).toBe(600);
    test.clock.advance(600);
    await sendTimes(1);
  });

  it('does not block a prefix with enough verified sessions', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await verifyTimes(5);
    await sendTimes(5);
    await sendTimes(1);
    expect(await send()).toBe(600);
  });

  it('counts each window separately', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(9);
    test.clock.advance(3600);
    await sendTimes(9);
    await sendTimes(1);
    expect(await send()).toBe(600);
  });

  it('counts a verified session once, even if its code is used repeatedly', async () => {
    await start({ ...GUARD, mode: 'enforce' }, false);
    await verifyTimes(1, 9);
    await sendTimes(9);
    expect(await send()).toBe(600);
  });

  it('counts neither messages nor sessions of a test number, whose code may be public', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(1);
    for (let index = 0; index < 9; index++) {
      const { sessionToken } = await test.service.sendSecurityCode(TEST_NUMBER);
      await test.service.verifySecurityCode(TEST_NUMBER, CORRECT_CODE, sessionToken);
    }
    await sendTimes(8);
    expect(await send()).toBe('sent');
    await test.exchangeConversion();
    expect(await send()).toBe(600);
  });

  it.each(['throttled', 'unavailable', 'misconfigured'] as const)(
    'does not count a message that failed as %s',
    async (kind) => {
      await start({ ...GUARD, mode: 'enforce' });
      test.sandbox.kind = kind;
      for (let index = 0; index < 20; index++) {
        await expect(test.service.sendSecurityCode(newNumber())).rejects.toThrow(SmsDeliveryError);
      }
      test.sandbox.kind = undefined;
      await sendTimes(9);
      await sendTimes(1);
      expect(await send()).toBe(600);
    },
  );

  it('counts a message that may have been sent', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    test.sandbox.kind = 'unknown';
    for (let index = 0; index < 10; index++) {
      await expect(test.service.sendSecurityCode(newNumber())).rejects.toThrow(SmsDeliveryError);
    }
    await test.exchangeConversion();
    expect(await send()).toBe(600);
  });

  it('counts a resend as a message', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    const number = newNumber();
    const { sessionToken } = await test.service.sendSecurityCode(number);
    for (let index = 0; index < 9; index++) await test.service.resendSecurityCode(number, sessionToken);
    await test.exchangeConversion();
    expect(await send()).toBe(600);
  });

  it('refuses a resend too, and reports the refusal once', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    const { sessionToken, phoneNumber } = await test.service.sendSecurityCode(newNumber());
    await sendTimes(9);
    await expect(test.service.resendSecurityCode(phoneNumber, sessionToken)).rejects.toThrow(RateLimitedError);
    expect(reports()).toEqual([true]);
  });

  it('lets sends through while its store is unavailable, and logs that once', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await test.dataSource.query('DROP TABLE sms_verification_counter');
    await sendTimes(10);
    await sendTimes(10);

    expect(await send()).toBe('sent');
    expect(logger.lines.filter((line) => line.includes('limits.conversion could not exchange'))).toHaveLength(1);
  });
});

describe('a reporting conversion guard', () => {
  it('lets every send through and emits an event for each that it would refuse', async () => {
    await start(GUARD);
    await sendTimes(10);
    expect(reports()).toEqual([]);
    await sendTimes(2);
    expect(reports()).toEqual([false, false]);
    test.clock.advance(600);
    await sendTimes(1);
    expect(reports()).toHaveLength(2);
  });
});

it('a disabled conversion guard counts nothing', async () => {
  await start(false);
  await verifyTimes(2);
  expect(await test.dataSource.query('SELECT * FROM sms_verification_counter')).toEqual([]);
});
