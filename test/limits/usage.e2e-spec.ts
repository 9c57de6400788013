import { afterEach, describe, expect, it } from 'vitest';
import {
  type AuthorizeSend,
  type LimitOptions,
  type LimitUsage,
  RateLimitedError,
  type SendOptions,
  type SendToAuthorize,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NO_LIMITS } from '../support/limits.js';
import { QueryLog } from '../support/query-log.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';

const LIMITS: LimitOptions = {
  ...NO_LIMITS,
  perNumber: [
    { max: 5, seconds: 60 },
    { max: 20, seconds: 3600 },
  ],
  perIp: [{ max: 3, seconds: 60 }],
  perPrefix: [{ max: 9, seconds: 60, mode: 'report' }],
  total: [{ max: 30, seconds: 60 }],
};

let database: FreshDatabase;
let test: TestApplication;
let usages: (readonly LimitUsage[])[];
const log = new QueryLog();

async function start(
  authorizeSend: AuthorizeSend,
  limits: LimitOptions = LIMITS,
  kind: (typeof databaseKinds)[number] = 'sqlite',
): Promise<void> {
  usages = [];
  database = await freshDatabase(kind);
  test = await startApplication({
    database: { ...database.options, logger: log } as never,
    phoneVerify: { authorizeSend, limits, testNumbers: { numbers: { [OTHER_NUMBER]: '480915736204' } } },
  });
  log.clear();
}

async function recordUsage({ usage }: SendToAuthorize): Promise<boolean> {
  usages.push(await usage());
  return true;
}

async function send(phoneNumber = NUMBER, options: SendOptions = {}): Promise<number | 'sent'> {
  try {
    await test.service.sendSecurityCode(phoneNumber, options);
    return 'sent';
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

afterEach(async () => {
  await test.close();
  await database.drop();
});

describe('the usage that authorizeSend reads', () => {
  it.each(databaseKinds)('has the count and the maximum of every limit of the send, on %s', async (kind) => {
    await start(recordUsage, LIMITS, kind);
    await send(NUMBER, { ip: '203.0.113.7' });
    await send(NUMBER, { ip: '203.0.113.7' });

    const usageOf = (used: number) => [
      { rule: 'perNumber', used, max: 5 },
      { rule: 'perNumber', used, max: 20 },
      { rule: 'perIp', used, max: 3 },
      { rule: 'perPrefix', used, max: 9 },
      { rule: 'total', used, max: 27 },
    ];
    expect(usages).toEqual([usageOf(0), usageOf(1)]);
  });

  it('has the counts and maxima of own numbers for an own number', async () => {
    await start(recordUsage);
    await send();
    await send(NUMBER, { ownNumber: true });

    expect(usages[1]).toEqual([
      { rule: 'perNumber', used: 0, max: 5 },
      { rule: 'perNumber', used: 0, max: 20 },
      { rule: 'perPrefix', used: 0, max: 9 },
      { rule: 'total', used: 1, max: 30 },
    ]);
  });

  it('has an entry for each network of an IPv6 address', async () => {
    await start(recordUsage);
    await send(NUMBER, { ip: '2001:db8::1' });
    await send(NUMBER, { ip: '2001:db8:0:1::1' });

    expect(usages[1]?.filter(({ rule }) => rule === 'perIp')).toEqual([
      { rule: 'perIp', used: 0, max: 3 },
      { rule: 'perIp', used: 1, max: 12 },
      { rule: 'perIp', used: 1, max: 48 },
    ]);
  });

  it('has the budget of a test number', async () => {
    await start(recordUsage);
    await send(OTHER_NUMBER);
    await send(OTHER_NUMBER);

    expect(usages[1]).toEqual([{ rule: 'testNumbers', used: 1, max: 100 }]);
  });

  it('is empty without limits', async () => {
    await start(recordUsage, NO_LIMITS);
    await send();

    expect(usages).toEqual([[]]);
  });

  it('takes one statement if it is read, and none otherwise', async () => {
    let isRead = false;
    await start(async ({ usage }) => {
      if (isRead) await usage();
      return true;
    });
    await send();
    const without = log.statements.length;
    log.clear();
    isRead = true;
    await send();

    expect(log.statements).toHaveLength(without + 1);
  });

  it('makes authorizeSend refuse the send if it cannot be read and the error is not caught', async () => {
    await start(recordUsage);
    await test.dataSource.query('DROP TABLE sms_verification_counter');

    expect(await send()).toBeNaN();
  });

  it('lets an application require a CAPTCHA before a budget is used up', async () => {
    await start(async ({ usage }) => (await usage()).every(({ used, max }) => used < max / 2));
    const outcomes = [await send(), await send(), await send(), await send()];

    expect(outcomes).toEqual(['sent', 'sent', 'sent', Number.NaN]);
  });
});

describe('an address that perIp refused', () => {
  const ip = '203.0.113.7';
  let calls: number;

  async function startCounting(limits: LimitOptions = LIMITS): Promise<void> {
    calls = 0;
    await start(() => (calls += 1) > 0, limits);
  }

  it('reaches neither authorizeSend nor the database until its Retry-After has passed', async () => {
    await startCounting();
    for (let index = 0; index < 3; index++) await send(NUMBER, { ip });
    test.clock.advance(10);
    expect(await send(NUMBER, { ip })).toBe(50);
    expect(calls).toBe(4);
    log.clear();

    test.clock.advance(20);
    for (let index = 0; index < 50; index++) expect(await send(`+1212736${1000 + index}`, { ip })).toBe(30);
    expect(await send(NUMBER, { ip, ownNumber: true })).toBe(30);
    expect({ calls, statements: log.statements }).toEqual({ calls: 4, statements: [] });

    test.clock.advance(30);
    expect(await send(NUMBER, { ip })).toBe('sent');
    expect(calls).toBe(5);
  });

  it('does not affect other addresses', async () => {
    await startCounting();
    for (let index = 0; index < 4; index++) await send(NUMBER, { ip });
    expect(await send(OTHER_NUMBER, { ip: '203.0.113.8' })).toBe('sent');
    expect(await send()).toBe('sent');
    expect(calls).toBe(6);
  });

  it('includes every address of a network that reached its limit', async () => {
    await startCounting({ ...NO_LIMITS, perIp: [{ max: 1, seconds: 60 }] });
    for (let index = 0; index < 4; index++) {
      expect(await send(NUMBER, { ip: `2001:db8:0:${index}::1` })).toBe('sent');
    }
    expect(await send(NUMBER, { ip: '2001:db8:0:4::1' })).toBe(60);
    expect(await send(NUMBER, { ip: '2001:db8:0:5::1' })).toBe(60);
    expect(calls).toBe(5);
    expect(await send(NUMBER, { ip: '2001:db8:0:100::1' })).toBe('sent');
  });

  it('excludes addresses that a reporting limit or another limit refused', async () => {
    await startCounting({
      ...NO_LIMITS,
      perIp: [{ max: 1, seconds: 60, mode: 'report' }],
      perNumber: [{ max: 2, seconds: 60 }],
    });
    for (let index = 0; index < 5; index++) await send(NUMBER, { ip });

    expect(calls).toBe(5);
  });

  it('causes an event of the rule perIp for each refusal', async () => {
    await startCounting();
    const rules: string[] = [];
    test.app.get(EventPublisher).subscribe((event) => {
      if (event.name === 'phone-verify.rate-limited') rules.push(event.rule);
    });
    for (let index = 0; index < 6; index++) await send(NUMBER, { ip });

    expect(rules).toEqual(['perIp', 'perIp', 'perIp']);
  });

  it('is no longer refused after the clock went back by more than the window', async () => {
    await startCounting();
    test.clock.advance(86_400);
    for (let index = 0; index < 4; index++) await send(NUMBER, { ip });
    test.clock.advance(-86_400);
    await send(NUMBER, { ip });

    expect(calls).toBe(5);
  });
});
