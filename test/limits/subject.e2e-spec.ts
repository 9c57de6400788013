import { afterEach, describe, expect, it } from 'vitest';
import {
  ArgumentInvalidError,
  type LimitOptions,
  type LimitUsage,
  type PhoneVerifyModuleOptions,
  RateLimitedError,
  SandboxBackend,
  type SendOptions,
  type SendReceipt,
  SmsDeliveryError,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { type FreshRedis, freshRedis, redisUrl } from '../support/redis.js';
import { NUMBER, OTHER_NUMBER, register, resend } from '../support/requests.js';

const TWO_AN_HOUR = [{ max: 2, seconds: 3600 }];

let test: TestApplication;
let redis: FreshRedis | undefined;
let database: FreshDatabase | undefined;
const logger = new RecordedLogs();

async function start(limits: LimitOptions, phoneVerify: Partial<PhoneVerifyModuleOptions> = {}): Promise<void> {
  logger.lines.length = 0;
  test = await startApplication({
    logger,
    ...(database && { database: database.options }),
    phoneVerify: { ...phoneVerify, limits },
  });
}

async function send(phoneNumber: string, options: SendOptions): Promise<number | 'sent'> {
  try {
    await test.service.sendSecurityCode(phoneNumber, options);
    return 'sent';
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

/** A number of its own for each index, few of them in one prefix. */
const numberOf = (index: number): string => `+1415${200 + (index % 700)}${String(1000 + index)}`;

/** Requests messages, each for another number and from another address. Returns how many were sent. */
async function countSent(requests: number, subject: string): Promise<number> {
  let sent = 0;
  for (let index = 0; index < requests; index += 1) {
    const ip = `198.18.${Math.floor(index / 250)}.${index % 250}`;
    if ((await send(numberOf(index), { ip, subject })) === 'sent') sent += 1;
  }
  return sent;
}

afterEach(async () => {
  await test.close();
  await redis?.drop();
  await database?.drop();
  redis = undefined;
  database = undefined;
});

const STORES: readonly { readonly name: string; readonly kind: DatabaseKind }[] = [
  { name: 'memory', kind: 'sqlite' },
  ...databaseKinds.map((kind) => ({ name: kind, kind })),
  ...(redisUrl === undefined ? [] : [{ name: 'redis', kind: 'sqlite' as const }]),
];

describe.each(STORES)('one account with a thousand numbers and a thousand addresses, counted in $name,', (setup) => {
  async function startCounting(perSubject: NonNullable<LimitOptions['perSubject']>): Promise<void> {
    database = await freshDatabase(setup.kind);
    redis = setup.name === 'redis' ? freshRedis() : undefined;
    const store = setup.name === 'memory' ? 'memory' : 'database';
    await start({ store: redis === undefined ? store : { redis: redis.client }, perSubject });
  }

  it('gets as many messages as perSubject allows, and other accounts still get theirs', async () => {
    await startCounting([{ max: 3, seconds: 3600 }]);

    expect(await countSent(1000, 'ada')).toBe(3);

    expect(await send('+12127361000', { subject: 'grace' })).toBe('sent');
    expect(await send('+12127361001', {})).toBe('sent');
    expect(await send('+12127361002', { subject: 'ada' })).toBe(3600);
    test.clock.advance(3600);
    expect(await send('+12127361002', { subject: 'ada' })).toBe('sent');
  });
});

it('without perSubject no limit stops an account that changes its number and its address', async () => {
  await start({ store: 'memory' });

  expect(await countSent(100, 'ada')).toBe(100);
});

describe.each(ADAPTERS)('perSubject over HTTP, on %s', (adapter) => {
  it('refuses registers and resends of the subject that identifyClient names', async () => {
    test = await startApplication({
      adapter,
      phoneVerify: {
        limits: { ...NO_LIMITS, perSubject: TWO_AN_HOUR },
        identifyClient: ({ headers }) => ({ subject: String(headers['authorization']) }),
      },
    });
    const { body } = await register(test.app).set('Authorization', 'ada').expect(200);
    await resend(test.app, NUMBER, body.session_token).set('Authorization', 'ada').expect(200);

    const refused = await register(test.app, OTHER_NUMBER).set('Authorization', 'ada').expect(429);
    await resend(test.app, NUMBER, body.session_token).set('Authorization', 'ada').expect(429);

    expect(refused.headers['retry-after']).toBe('3600');
    expect(refused.body).toMatchObject({ code: 'rate_limited', retry_after: 3600 });
    expect(JSON.stringify(refused.body)).not.toMatch(/subject|ada/);
    await resend(test.app, NUMBER, body.session_token).set('Authorization', 'grace').expect(200);
  });
});

describe('perSubject', () => {
  const limits = { ...NO_LIMITS, perSubject: TWO_AN_HOUR };

  it('counts the exact text of a subject of any length', async () => {
    await start({ ...NO_LIMITS, perSubject: [{ max: 1, seconds: 3600 }] });
    const long = 'ä'.repeat(100_000);

    for (const subject of ['ada', 'Ada', ' ada', 'ada ', long, `${long}.`])
      expect(await send(NUMBER, { subject })).toBe('sent');
    for (const subject of ['ada', long]) expect(await send(NUMBER, { subject })).toBe(3600);
  });

  it('stores and logs no subject in plain text', async () => {
    await start(limits);
    for (let index = 0; index < 3; index += 1) await send(NUMBER, { subject: 'ada@example.com' });

    const counters = await test.dataSource.query('SELECT counter_key FROM sms_verification_counter');

    expect(counters).toEqual([{ counter_key: expect.stringMatching(/^perSubject:3600:[\w-]{43}$/) }]);
    expect(logger.text).toMatch(
      /limits\.perSubject refused .*: the limit of 2 messages for one subject in 3600 seconds/,
    );
    expect(logger.text).not.toContain('ada@example.com');
  });

  it('is the rule of an event', async () => {
    await start(limits);
    const events: object[] = [];
    test.app.get(EventPublisher).subscribe((event) => events.push(event));
    for (let index = 0; index < 3; index += 1) await send(NUMBER, { subject: 'ada' });

    expect(events.at(-1)).toMatchObject({ rule: 'perSubject', enforced: true, retryAfterSeconds: 3600 });
  });

  it('lets every message through if it only reports', async () => {
    await start({ ...NO_LIMITS, perSubject: [{ max: 1, seconds: 3600, mode: 'report' }] });

    for (let index = 0; index < 3; index += 1) expect(await send(NUMBER, { subject: 'ada' })).toBe('sent');

    expect(logger.text).toContain('limits.perSubject would have refused');
  });

  it('is shared with own numbers, and does not count test numbers', async () => {
    await start(limits, { testNumbers: { numbers: { [OTHER_NUMBER]: '480915736204' } } });

    for (let index = 0; index < 5; index += 1) expect(await send(OTHER_NUMBER, { subject: 'ada' })).toBe('sent');
    expect(await send(NUMBER, { subject: 'ada', ownNumber: true })).toBe('sent');
    expect(await send(NUMBER, { subject: 'ada' })).toBe('sent');
    expect(await send(NUMBER, { subject: 'ada', ownNumber: true })).toBe(3600);
  });

  it('is part of the usage of a send with a subject, and of no description of a number', async () => {
    const usages: (readonly LimitUsage[])[] = [];
    await start(limits, { authorizeSend: async ({ usage }) => usages.push(await usage()) > 0 });

    await send(NUMBER, { subject: 'ada' });
    await send(OTHER_NUMBER, { subject: 'ada' });
    await send(NUMBER, {});

    expect(usages).toEqual([[{ rule: 'perSubject', used: 0, max: 2 }], [{ rule: 'perSubject', used: 1, max: 2 }], []]);
    expect((await test.service.describePhone(NUMBER)).budgets).toEqual([]);
  });

  it('is not cleared with the limits of a number', async () => {
    await start(limits);
    for (let index = 0; index < 2; index += 1) await send(NUMBER, { subject: 'ada' });

    await test.service.clearLimits(NUMBER);
    await test.service.forgetPhone(NUMBER);

    expect(await send(NUMBER, { subject: 'ada' })).toBe(3600);
  });
});

/** Reports that the provider is down. */
class UnavailableSandbox extends SandboxBackend {
  isUnavailable = true;
  onSend: () => Promise<unknown> = async () => undefined;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    await this.onSend();
    if (this.isUnavailable) throw new SmsDeliveryError('unavailable', 'It is down.');
    return super.sendSms(number, message);
  }
}

describe('a message that was certainly not sent', () => {
  let backend: UnavailableSandbox;

  async function startWith(max: number): Promise<void> {
    backend = new UnavailableSandbox({});
    await start({ ...NO_LIMITS, perSubject: [{ max, seconds: 3600 }] }, { backend });
  }

  /** Opens a session whose message is not sent. Returns its token. */
  async function openUnsent(): Promise<string> {
    const error: unknown = await test.service.sendSecurityCode(NUMBER, { subject: 'ada' }).catch((thrown) => thrown);
    return error instanceof SmsDeliveryError ? (error.sent?.sessionToken ?? '') : '';
  }

  const resendUnsent = (sessionToken: string): Promise<unknown> =>
    expect(test.service.resendSecurityCode(NUMBER, sessionToken, { subject: 'ada' })).rejects.toThrow(SmsDeliveryError);

  it('is refunded to perSubject on a resend, and not on a register', async () => {
    await startWith(3);
    await resendUnsent(await openUnsent());
    backend.isUnavailable = false;

    expect(await send(NUMBER, { subject: 'ada' })).toBe('sent');
    expect(await send(NUMBER, { subject: 'ada' })).toBe('sent');
    expect(await send(NUMBER, { subject: 'ada' })).toBe(3600);
  });

  it('leaves its place to the next one, also after another message was refused meanwhile', async () => {
    await startWith(2);
    const sessionToken = await openUnsent();
    backend.onSend = async () => expect(await send(OTHER_NUMBER, { subject: 'ada' })).toBe(3600);
    await resendUnsent(sessionToken);
    Object.assign(backend, { isUnavailable: false, onSend: async () => undefined });

    expect(await send(OTHER_NUMBER, { subject: 'ada' })).toBe('sent');
    expect(await send(OTHER_NUMBER, { subject: 'ada' })).toBe(3600);
  });
});

describe('the subject of a service call', () => {
  it.each(['', 7, null, true, ['ada'], {}])('cannot be %j', async (subject) => {
    await start(NO_LIMITS);
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    // As a caller without types passes it.
    const options = { subject } as SendOptions;

    for (const call of [
      test.service.sendSecurityCode(NUMBER, options),
      test.service.resendSecurityCode(NUMBER, sessionToken, options),
    ]) {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ArgumentInvalidError);
      expect(error).toMatchObject({ message: expect.stringContaining('subject') });
    }
    expect(test.sandbox.outbox).toHaveLength(1);
  });

  it('is counted for a register and a resend together', async () => {
    await start({ ...NO_LIMITS, perSubject: TWO_AN_HOUR });
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { subject: 'ada' });
    await test.service.resendSecurityCode(NUMBER, sessionToken, { subject: 'ada' });

    await expect(test.service.resendSecurityCode(NUMBER, sessionToken, { subject: 'ada' })).rejects.toThrow(
      RateLimitedError,
    );
    await test.service.resendSecurityCode(NUMBER, sessionToken, { subject: 'grace' });
    await test.service.resendSecurityCode(NUMBER, sessionToken);
  });
});
