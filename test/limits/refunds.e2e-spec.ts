import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BackendHookError,
  RateLimitedError,
  SandboxBackend,
  type SendReceipt,
  SmsDeliveryError,
  type SmsDeliveryErrorKind,
  type SentVerification,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER } from '../support/requests.js';

/** Fails if a test sets a failure, and otherwise sends. */
class FailingSandbox extends SandboxBackend {
  kind: SmsDeliveryErrorKind | undefined;
  hookFails = false;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    if (this.kind !== undefined) throw new SmsDeliveryError(this.kind, 'It failed.');
    return super.sendSms(number, message);
  }

  override generateMessage(): undefined {
    if (this.hookFails) throw new Error('The hook failed.');
  }
}

const LIMITS = {
  resendAfter: 30,
  perNumber: [{ max: 5, seconds: 3600 }],
  perIp: [{ max: 5, seconds: 3600 }],
  perPrefix: [{ max: 5, seconds: 3600 }],
  perCountry: [{ max: 5, seconds: 3600 }],
  total: [{ max: 5, seconds: 3600 }],
};
const SHARED = ['perPrefix', 'perCountry', 'total'] as const;
const ip = '192.0.2.1';

let test: TestApplication & { readonly sandbox: FailingSandbox };

async function start(): Promise<void> {
  test = (await startApplication({
    phoneVerify: { backend: FailingSandbox, limits: { ...NO_LIMITS, ...LIMITS } },
  })) as typeof test;
}

/** Returns what is used of each budget. */
async function used(): Promise<Record<string, number>> {
  const { budgets } = await test.service.describePhone(NUMBER);
  return Object.fromEntries(
    budgets.filter(({ ownNumber }) => !ownNumber).map(({ rule, max, left }) => [rule, max - left] as const),
  );
}

async function usedByAddress(): Promise<number> {
  const rows: { used: number }[] = await test.dataSource.query(
    `SELECT used FROM sms_verification_counter WHERE counter_key = 'perIp:3600:${ip}'`,
  );
  return rows[0]?.used ?? 0;
}

async function failToRegister(kind: SmsDeliveryErrorKind): Promise<SentVerification> {
  test.sandbox.kind = kind;
  const error: unknown = await test.service.sendSecurityCode(NUMBER, { ip }).catch((thrown: unknown) => thrown);
  test.sandbox.kind = undefined;
  if (error instanceof SmsDeliveryError && error.sent !== undefined) return error.sent;
  throw new Error('The send succeeded, but should have failed.');
}

const ALL_ONCE = Object.fromEntries(['resendAfter', 'perNumber', ...SHARED].map((rule) => [rule, 1]));

afterEach(() => test.close());

describe.each(['throttled', 'unavailable', 'misconfigured'] as const)('a message that fails as %s', (kind) => {
  it('refunds the cooldown of a register, and nothing else', async () => {
    await start();
    const sent = await failToRegister(kind);
    expect(sent.resendAt.getTime()).toBe(test.clock.now());
    expect(await used()).toEqual({ ...ALL_ONCE, resendAfter: 0 });
    expect(await usedByAddress()).toBe(1);
  });

  it('refunds every charge of a resend except perIp', async () => {
    await start();
    const { sessionToken } = await failToRegister(kind);
    test.clock.advance(5);
    test.sandbox.kind = kind;
    await expect(test.service.resendSecurityCode(NUMBER, sessionToken, { ip })).rejects.toThrow(SmsDeliveryError);
    expect(await used()).toEqual({ ...ALL_ONCE, resendAfter: 0 });
    expect(await usedByAddress()).toBe(2);

    test.sandbox.kind = undefined;
    const sent = await test.service.resendSecurityCode(NUMBER, sessionToken, { ip });
    expect(sent.resendAt.getTime() - test.clock.now()).toBe(30_000);
    await expect(test.service.resendSecurityCode(NUMBER, sessionToken, { ip })).rejects.toThrow(RateLimitedError);
  });

  it('cannot open more sessions than perNumber allows, however long the outage', async () => {
    await start();
    for (let index = 0; index < 5; index++) await failToRegister(kind);
    await expect(test.service.sendSecurityCode(NUMBER)).rejects.toThrow(RateLimitedError);
  });
});

describe.each(['rejected', 'unknown'] as const)('a message that fails as %s', (kind) => {
  it('refunds nothing', async () => {
    await start();
    const sent = await failToRegister(kind);
    expect(sent.resendAt.getTime() - test.clock.now()).toBe(30_000);
    expect(await used()).toEqual(ALL_ONCE);
    await expect(test.service.resendSecurityCode(NUMBER, sent.sessionToken)).rejects.toThrow(RateLimitedError);
    test.clock.advance(30);
    test.sandbox.kind = kind;
    await expect(test.service.resendSecurityCode(NUMBER, sent.sessionToken)).rejects.toThrow(SmsDeliveryError);
    expect(await used()).toMatchObject({ perNumber: 2 });
  });
});

/** Reports `throttled`, but delivers the message. */
class LyingSandbox extends SandboxBackend {
  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    await super.sendSms(number, message);
    throw new SmsDeliveryError('throttled', 'It responded 429.');
  }
}

describe('a gateway that always responds with 429 but delivers the message', () => {
  beforeEach(async () => {
    test = (await startApplication({
      phoneVerify: { backend: LyingSandbox, expiration: 86_400, limits: {} },
    })) as typeof test;
  });

  /** Returns the session that a send opened, or the seconds to wait. */
  async function attempt(send: () => Promise<unknown>): Promise<SentVerification | number | undefined> {
    const failure: unknown = await send().catch((thrown: unknown) => thrown);
    if (failure instanceof RateLimitedError) return failure.retryAfterSeconds ?? Number.NaN;
    return failure instanceof SmsDeliveryError ? failure.sent : undefined;
  }

  it.each([
    { resends: 1, messages: 18 },
    { resends: 50, messages: 14 },
  ])(
    'delivers $messages messages to a number in a day, with $resends resends for each session',
    async ({ resends, messages }) => {
      const end = test.clock.now() + 86_400_000;
      while (test.clock.now() < end && test.sandbox.outbox.length < 100) {
        const opened = await attempt(() => test.service.sendSecurityCode(NUMBER));
        if (typeof opened === 'number') test.clock.advance(opened);
        if (typeof opened !== 'object') continue;
        for (let resent = 0; resent < resends; resent++) {
          const wait = await attempt(() => test.service.resendSecurityCode(NUMBER, opened.sessionToken));
          if (typeof wait === 'number') break;
        }
      }

      expect(test.sandbox.outbox).toHaveLength(messages);
    },
  );

  it('gets refunds for two sends of a session, and the third charges the cooldown', async () => {
    const first: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);
    const { sessionToken = '', resendAt } = (first instanceof SmsDeliveryError && first.sent) || {};
    expect(resendAt?.getTime()).toBe(test.clock.now());

    const resend = () => test.service.resendSecurityCode(NUMBER, sessionToken);
    await expect(resend()).rejects.toThrow(SmsDeliveryError);
    await expect(resend()).rejects.toThrow(SmsDeliveryError);
    await expect(resend()).rejects.toThrow(RateLimitedError);

    expect(test.sandbox.outbox).toHaveLength(3);
    expect(await used()).toMatchObject({ resendAfter: 1, perNumber: 2 });
  });

  it('gets refunds for two of many parallel resends', async () => {
    await test.close();
    test = (await startApplication({
      phoneVerify: { backend: LyingSandbox, limits: { ...NO_LIMITS, perNumber: [{ max: 30, seconds: 3600 }] } },
    })) as typeof test;
    const first: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);
    const { sessionToken = '' } = (first instanceof SmsDeliveryError && first.sent) || {};

    await Promise.allSettled(Array.from({ length: 12 }, () => test.service.resendSecurityCode(NUMBER, sessionToken)));

    expect(await used()).toMatchObject({ perNumber: 11 });
  });
});

it('a hook that fails after the charge refunds nothing', async () => {
  await start();
  test.sandbox.hookFails = true;
  await expect(test.service.sendSecurityCode(NUMBER, { ip })).rejects.toThrow(BackendHookError);
  expect(await used()).toEqual(ALL_ONCE);
});

it('a send still gets its refund if a process whose clock is behind refused another send meanwhile', async () => {
  await start();
  test.sandbox.sendSms = async () => {
    test.clock.advance(-0.1);
    await expect(test.service.sendSecurityCode(NUMBER)).rejects.toThrow(RateLimitedError);
    test.clock.advance(0.1);
    throw new SmsDeliveryError('unavailable', 'It failed.');
  };
  await failToRegister('unavailable');
  expect(await used()).toEqual({ ...ALL_ONCE, resendAfter: 0 });
});

it('a failing refund does not change the error, and the cooldown stays', async () => {
  await start();
  test.sandbox.sendSms = async () => {
    await test.dataSource.query('DROP TABLE sms_verification_counter');
    throw new SmsDeliveryError('unavailable', 'It failed.');
  };
  const { resendAt } = await failToRegister('unavailable');
  expect(resendAt.getTime() - test.clock.now()).toBe(30_000);
});
