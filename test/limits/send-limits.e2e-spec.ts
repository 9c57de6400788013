import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LimitOptions,
  RateLimitedError,
  ResendRefusedError,
  type SendOptions,
  type SentVerification,
  SMSVerification,
  VerificationStatus,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { notationsOf } from './simulation.js';

let test: TestApplication;

async function start(limits: LimitOptions, more: Parameters<typeof startApplication>[0] = {}): Promise<void> {
  test = await startApplication({ ...more, phoneVerify: { ...more.phoneVerify, limits: { ...NO_LIMITS, ...limits } } });
}

/** Requests a code. Returns the seconds to wait if the request was refused. */
async function send(phoneNumber = NUMBER, options: SendOptions = {}): Promise<number | 'sent'> {
  try {
    await test.service.sendSecurityCode(phoneNumber, options);
    return 'sent';
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

async function sendTimes(times: number, options: SendOptions = {}): Promise<(number | 'sent')[]> {
  return Promise.all(Array.from({ length: times }, () => send(NUMBER, options)));
}

const sentOf = (outcomes: readonly unknown[]): number => outcomes.filter((outcome) => outcome === 'sent').length;
const rows = (): Promise<number> => test.dataSource.getRepository(SMSVerification).count();

afterEach(() => test.close());

describe('the cooldown', () => {
  let first: SentVerification;

  beforeEach(async () => {
    await start({ resendAfter: 30, perNumber: [{ max: 3, seconds: 3600 }] });
    first = await test.service.sendSecurityCode(NUMBER);
  });

  it('determines resendAt', () => {
    expect(first.resendAt.getTime() - test.clock.now()).toBe(30_000);
  });

  it('refuses a second message without a row or a charge, and keeps the code valid', async () => {
    test.clock.advance(10);

    expect(await sendTimes(5)).toEqual([20, 20, 20, 20, 20]);
    await expect(test.service.resendSecurityCode(NUMBER, first.sessionToken)).rejects.toThrow(RateLimitedError);

    expect(await rows()).toBe(1);
    expect(test.sandbox.outbox).toHaveLength(1);
    const [cooldown, perNumber] = (await test.service.describePhone(NUMBER)).budgets.filter(
      ({ ownNumber }) => !ownNumber,
    );
    expect([cooldown?.left, perNumber?.left]).toEqual([0, 2]);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, first.sessionToken);
    expect(status).toBe(VerificationStatus.Valid);
  });

  it('ends after resendAfter seconds, to the millisecond', async () => {
    test.clock.advance(29.999);
    expect(await send()).toBe(1);
    test.clock.advance(0.001);
    expect(await send()).toBe('sent');
    expect(await send()).toBe(30);
  });

  it('is not charged if the session does not allow a resend', async () => {
    await expect(test.service.resendSecurityCode(NUMBER, 'unknown')).rejects.toThrow(ResendRefusedError);
    await expect(test.service.resendSecurityCode(OTHER_NUMBER, first.sessionToken)).rejects.toThrow(ResendRefusedError);
    expect(await send(OTHER_NUMBER)).toBe('sent');
  });
});

describe('the limits of one number', () => {
  it.each([4, 40])('let exactly max of %d parallel sends through, in any notation', async (parallel) => {
    await start({ perNumber: [{ max: 4, seconds: 3600 }] });
    const notations = notationsOf(['415', '555', '2671']);

    const outcomes = await Promise.all(
      Array.from({ length: parallel }, (_, index) => send(notations[index % notations.length])),
    );

    expect(sentOf(outcomes)).toBe(4);
    expect(await rows()).toBe(4);
    expect(await send(OTHER_NUMBER)).toBe('sent');
  });

  it('return the longest wait of all full limits, and charge no other limit', async () => {
    await start({
      perNumber: [
        { max: 1, seconds: 60 },
        { max: 2, seconds: 3600 },
      ],
    });
    expect(await send()).toBe('sent');
    expect(await send()).toBe(60);
    test.clock.advance(60);
    expect(await send()).toBe('sent');
    expect(await send()).toBe(3540);
    test.clock.advance(60);
    expect(await send()).toBe(3480);
    const { budgets } = await test.service.describePhone(NUMBER);
    expect(budgets.filter(({ ownNumber }) => !ownNumber).map(({ left }) => left)).toEqual([1, 0]);
  });

  it('count a resend like a register', async () => {
    await start({ perNumber: [{ max: 2, seconds: 3600 }] });
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.service.resendSecurityCode(NUMBER, sessionToken);
    await expect(test.service.resendSecurityCode(NUMBER, sessionToken)).rejects.toThrow(RateLimitedError);
    expect(await send()).toBe(3600);
  });

  it('count sends with `ownNumber` separately', async () => {
    await start({
      resendAfter: 30,
      perNumber: [{ max: 1, seconds: 3600 }],
      perPrefix: [{ max: 1, seconds: 3600 }],
      total: [{ max: 3, seconds: 3600 }],
    });
    expect(await send()).toBe('sent');
    expect(await send()).toBe(3600);
    expect(await send(NUMBER, { ownNumber: true })).toBe('sent');
    expect(await send(NUMBER, { ownNumber: true })).toBe(3600);
    test.clock.advance(1);
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect(await send('+33612345678', { ownNumber: true })).toBe(3599);
  });

  it('bound the guesses at a number, whatever the number of sessions', async () => {
    await start({ perNumber: [{ max: 2, seconds: 86_400 }] });
    const sessions = [await test.service.sendSecurityCode(NUMBER), await test.service.sendSecurityCode(NUMBER)];
    expect(await send()).toBe(86_400);

    const results = await Promise.all(
      sessions.flatMap(({ sessionToken }) =>
        Array.from({ length: 20 }, () => test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)),
      ),
    );

    expect(results.filter(({ status }) => status === VerificationStatus.Invalid)).toHaveLength(10);
    expect(await send()).toBe(86_400);
  });

  it('do not reduce the attempts of an open session because of other sessions', async () => {
    await start({ perNumber: [{ max: 2, seconds: 86_400 }] });
    const own = await test.service.sendSecurityCode(NUMBER);
    const other = await test.service.sendSecurityCode(NUMBER);
    for (let index = 0; index < 6; index++) {
      await test.service.verifySecurityCode(NUMBER, WRONG_CODE, other.sessionToken);
    }
    expect(await send()).toBe(86_400);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, own.sessionToken);
    expect(status).toBe(VerificationStatus.Valid);
  });

  it('do not apply to test numbers', async () => {
    await start(
      { resendAfter: 30, total: [{ max: 1, seconds: 60 }] },
      { phoneVerify: { testNumbers: { numbers: { [OTHER_NUMBER]: '4711' } } } },
    );
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect(await send(OTHER_NUMBER)).toBe('sent');
    expect((await test.service.sendSecurityCode(OTHER_NUMBER)).resendAt.getTime()).toBe(test.clock.now());
    expect(await send()).toBe('sent');
  });
});

describe('a limit that numbers share', () => {
  const numberOf = (index: number): string => `+141555526${String(index).padStart(2, '0')}`;

  it.each([
    ['perPrefix', OTHER_NUMBER],
    ['perCountry', OTHER_NUMBER],
  ] as const)('lets exactly max sends through for %s, and does not affect other numbers', async (rule, free) => {
    await start({ [rule]: [{ max: 5, seconds: 3600 }] });
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => send(numberOf(index))));
    expect(sentOf(outcomes)).toBe(5);
    expect(await send(free)).toBe('sent');
  });

  it('counts every number for total', async () => {
    await start({ total: [{ max: 5, seconds: 3600 }] });
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => send(numberOf(index))));
    expect(sentOf(outcomes)).toBe(5);
    expect(await send(OTHER_NUMBER)).toBe(3600);
  });

  it('counts an address for perIp, with its networks for IPv6, and nothing without an address', async () => {
    await start({ perIp: [{ max: 1, seconds: 3600 }] });
    expect(await send(numberOf(1), { ip: '2001:db8::1' })).toBe('sent');
    expect(await send(numberOf(2), { ip: '2001:db8::ffff:1' })).toBe(3600);
    for (const subnet of [1, 2, 3])
      expect(await send(numberOf(10 + subnet), { ip: `2001:db8:0:${subnet}::1` })).toBe('sent');
    expect(await send(numberOf(2), { ip: '2001:db8:0:4::1' })).toBe(3600);
    expect(await send(numberOf(3), { ip: '::ffff:192.0.2.1' })).toBe('sent');
    expect(await send(numberOf(4), { ip: '192.0.2.1' })).toBe(3600);
    expect(await send(numberOf(5))).toBe('sent');
    expect(await send(numberOf(6))).toBe('sent');
  });

  it('counts numbers without a country together for perCountry', async () => {
    await start(
      { perCountry: [{ max: 1, seconds: 60 }] },
      { phoneVerify: { numbers: { allowNonGeographic: true, deniedTypes: [] } } },
    );
    expect(await send('+80012345678')).toBe('sent');
    expect(await send('+979123456789')).toBe(60);
  });
});

describe('the tenth of a shared limit reserved for own numbers', () => {
  const numberOf = (index: number): string => `+1415555${String(index).padStart(4, '0')}`;
  const ownNumber = true;

  async function sendAll(count: number, options: SendOptions = {}, from = 0): Promise<(number | 'sent')[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => send(numberOf(from + index), options)));
  }

  it.each(['total', 'perCountry'] as const)('cannot be used by other numbers, for %s', async (rule) => {
    await start({ [rule]: [{ max: 25, seconds: 3600 }] });

    expect(sentOf(await sendAll(40))).toBe(23);
    expect(await send(numberOf(50))).toBe(3600);
    expect(sentOf(await sendAll(10, { ownNumber }, 60))).toBe(2);
    expect(await send(numberOf(80), { ownNumber })).toBe(3600);
  });

  it('does not prevent own numbers from using the rest too', async () => {
    await start({ total: [{ max: 20, seconds: 3600 }] });

    expect(sentOf(await sendAll(15, { ownNumber }))).toBe(15);
    expect(sentOf(await sendAll(15, {}, 20))).toBe(3);
    expect(sentOf(await sendAll(15, { ownNumber }, 40))).toBe(2);
  });

  it('is zero for a limit below ten', async () => {
    await start({ total: [{ max: 9, seconds: 3600 }] });

    expect(sentOf(await sendAll(15))).toBe(9);
    expect(await send(numberOf(50), { ownNumber })).toBe(3600);
  });

  it('is a separate budget in describePhone', async () => {
    await start({ total: [{ max: 20, seconds: 3600 }], perCountry: [{ max: 5, seconds: 60 }] });
    await sendAll(3);

    const { budgets } = await test.service.describePhone(NUMBER);

    expect(budgets.map(({ rule, ownNumber: own, max, left }) => [rule, own, max, left])).toEqual([
      ['perCountry', false, 5, 2],
      ['perCountry', true, 5, 2],
      ['total', false, 18, 15],
      ['total', true, 20, 17],
    ]);
  });
});

describe('a limit that only reports', () => {
  it('lets every send through, with resendAt now', async () => {
    await start({ resendAfter: { seconds: 30, mode: 'report' }, perNumber: [{ max: 1, seconds: 60, mode: 'report' }] });
    expect(await sendTimes(5)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
    expect((await test.service.sendSecurityCode(NUMBER)).resendAt.getTime()).toBe(test.clock.now());
  });

  it('is not charged if another limit refuses', async () => {
    await start({ perNumber: [{ max: 1, seconds: 60 }], total: [{ max: 10, seconds: 60, mode: 'report' }] });
    await sendTimes(5);
    const { budgets } = await test.service.describePhone(NUMBER);
    expect(budgets.find(({ rule, ownNumber }) => rule === 'total' && ownNumber)?.left).toBe(9);
  });
});

describe('the counters in the database', () => {
  it('are purged only after their window has ended', async () => {
    await start({ perNumber: [{ max: 1, seconds: 3600 }], total: [{ max: 9, seconds: 60 }] });
    expect(await send()).toBe('sent');
    test.clock.advance(61);
    await test.service.purgeExpired();
    const counters = await test.dataSource.query('SELECT counter_key FROM sms_verification_counter');
    expect(counters).toEqual([{ counter_key: `perNumber:3600:${NUMBER}` }]);
    expect(await send()).toBe(3539);
  });

  it('never have a longer window after the clock went back', async () => {
    await start({ perNumber: [{ max: 2, seconds: 60 }] });
    test.clock.advance(86_400);
    expect(await send()).toBe('sent');
    test.clock.advance(-86_400);
    expect(await send()).toBe('sent');
    expect(await send()).toBe(60);
    test.clock.advance(60);
    expect(await send()).toBe('sent');
  });
});
