import { afterEach, describe, expect, it } from 'vitest';
import {
  type LimitOptions,
  RateLimitedError,
  type SendReceipt,
  SmsDeliveryError,
  SandboxBackend,
} from '../../lib/index.js';
import { EventPort } from '../../lib/events/event-port.js';
import type { PhoneVerifyEvent } from '../../lib/events/phone-verify-event.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { OTHER_NUMBER, RIGHT_CODE } from '../support/requests.js';

class SandboxWithOutage extends SandboxBackend {
  isDown = false;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    if (this.isDown) throw new SmsDeliveryError('unavailable', 'Down.');
    return super.sendSms(number, message);
  }
}

const GUARD = { by: 'country', minimumSent: 10, minimumVerified: 0.5, seconds: 3600, blockSeconds: 600 } as const;

let test: TestApplication & { readonly sandbox: SandboxWithOutage };
let events: PhoneVerifyEvent[];
let next: number;

/** A test number of the United States. */
const TEST_NUMBER = '+14155552671';

async function start(conversion: NonNullable<LimitOptions['conversion']>, verifyOnlyOnce = true): Promise<void> {
  next = 0;
  events = [];
  test = (await startApplication({
    phoneVerify: {
      backend: SandboxWithOutage,
      verifyOnlyOnce,
      limits: { ...NO_LIMITS, conversion },
      testNumbers: { numbers: { [TEST_NUMBER]: RIGHT_CODE } },
    },
  })) as typeof test;
  test.app.get(EventPort).subscribe((event) => events.push(event));
}

/** A new number of the United States each time. */
function newNumber(): string {
  return `+1415555${String(next++).padStart(4, '0')}`;
}

async function send(phoneNumber = newNumber()): Promise<number | 'sent'> {
  try {
    await test.service.sendSecurityCode(phoneNumber);
    return 'sent';
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

async function sendTimes(times: number): Promise<void> {
  for (let index = 0; index < times; index++) expect(await send()).toBe('sent');
}

/** Sends a code and verifies it, as often as said. */
async function verifyTimes(times: number, checks = 1): Promise<void> {
  for (let index = 0; index < times; index++) {
    const number = newNumber();
    const { sessionToken } = await test.service.sendSecurityCode(number);
    for (let check = 0; check < checks; check++) {
      await test.service.verifySecurityCode(number, RIGHT_CODE, sessionToken);
      test.clock.advance(0.001);
    }
  }
}

const reports = (): boolean[] =>
  events.flatMap((event) =>
    event.name === 'phone-verify.rate-limited' && event.rule === 'conversion' ? [event.enforced] : [],
  );

afterEach(() => test.close());

describe('a conversion guard that enforces', () => {
  it('stops a country to which many messages go and almost none is verified, and no other', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(10);
    expect(await send()).toBe(600);
    test.clock.advance(100);
    expect(await send()).toBe(500);
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect(test.sandbox.outbox).toHaveLength(11);
    expect((await test.service.describePhone(newNumber())).conversionBlockedUntil?.getTime()).toBe(
      test.clock.now() + 500_000,
    );
  });

  it('lets the next messages through after the block, and looks at those', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(10);
    expect(await send()).toBe(600);
    test.clock.advance(600);
    await sendTimes(10);
    expect(await send()).toBe(600);
  });

  it('stops a country for no longer than it says, though the clock ran ahead when it did', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    const now = test.clock.now();
    test.clock.advance(365 * 86_400);
    await sendTimes(10);
    expect(await send()).toBe(600);
    test.clock.set(now);
    expect(await send()).toBe(600);
    test.clock.advance(600);
    await sendTimes(1);
  });

  it('lets a country go on where enough is verified', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await verifyTimes(5);
    await sendTimes(5);
    await expect.poll(() => send()).toBe('sent');
    expect(await send()).toBe(600);
  });

  it('looks at one window at a time', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(9);
    test.clock.advance(3600);
    await sendTimes(10);
    expect(await send()).toBe(600);
  });

  it('can look at prefixes', async () => {
    await start({ ...GUARD, by: 'prefix', mode: 'enforce' });
    await sendTimes(10);
    expect(await send()).toBe(600);
    expect(await send('+14165551234')).toBe('sent');
  });

  it('counts a session once, however often its code is used', async () => {
    await start({ ...GUARD, mode: 'enforce' }, false);
    await verifyTimes(1, 9);
    await sendTimes(9);
    expect(await send()).toBe(600);
  });

  it('counts no session of a test number, which anybody may know the code of', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    await sendTimes(1);
    for (let index = 0; index < 9; index++) {
      const { sessionToken } = await test.service.sendSecurityCode(TEST_NUMBER);
      await test.service.verifySecurityCode(TEST_NUMBER, RIGHT_CODE, sessionToken);
    }
    await sendTimes(9);
    expect(await send()).toBe(600);
  });

  it('counts no message that did not go', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    test.sandbox.isDown = true;
    for (let index = 0; index < 20; index++) {
      await expect(test.service.sendSecurityCode(newNumber())).rejects.toThrow(SmsDeliveryError);
    }
    test.sandbox.isDown = false;
    await sendTimes(10);
    expect(await send()).toBe(600);
  });

  it('lets no more than the least through that it needs to see, of many at once', async () => {
    await start({ ...GUARD, mode: 'enforce' });
    const answers = await Promise.all(Array.from({ length: 40 }, () => send()));
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(10);
  });
});

describe('a conversion guard that reports', () => {
  it('lets everything through and tells of it', async () => {
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

it('a guard that only reports stops no send, though its block cannot be kept', async () => {
  await start(GUARD);
  await test.dataSource.query(
    "CREATE TRIGGER no_block BEFORE UPDATE ON sms_verification_counter WHEN NEW.verified = -1 BEGIN SELECT RAISE(ABORT, 'No.'); END",
  );
  await sendTimes(12);
  expect(test.sandbox.outbox).toHaveLength(12);
});

it('a guard that is off counts nothing', async () => {
  await start(false);
  await verifyTimes(2);
  expect(await test.dataSource.query('SELECT * FROM sms_verification_counter')).toEqual([]);
});
