import { afterEach, describe, expect, it } from 'vitest';
import { type LimitOptions, SMSVerificationCounter } from '../../lib/index.js';
import { ADAPTERS, connectFrom, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { register } from '../support/requests.js';

const ATTEMPTS = 400;
const MAX = 2;

let test: TestApplication;
const logger = new RecordedLogs();

const numberOf = (index: number): string => `+1415555${String(index).padStart(4, '0')}`;
const hex = (value: number): string => value.toString(16);

afterEach(() => test.close());

/** Registers {@link ATTEMPTS} numbers, each from the address of its index. Returns how many messages were sent. */
async function countSent(addressOf: (index: number) => string, limits: LimitOptions = {}): Promise<number> {
  logger.lines.length = 0;
  test = await startApplication({
    trustProxy: 'loopback',
    logger,
    phoneVerify: { limits: { ...NO_LIMITS, store: 'memory', perIp: [{ max: MAX, seconds: 3600 }], ...limits } },
  });
  for (let index = 0; index < ATTEMPTS; index += 1) {
    const { status } = await register(test.app, numberOf(index)).set('X-Forwarded-For', addressOf(index));
    expect([200, 429]).toContain(status);
  }
  return test.sandbox.outbox.length;
}

describe('the limit per address, over 400 registers from changing addresses', () => {
  it.each([
    ['of one /64', (index: number) => `2001:db8:1:2::${hex(index)}`, MAX],
    ['of several /64 in one /56', (index: number) => `2001:db8:1:2${hex(index % 256).padStart(2, '0')}::1`, 4 * MAX],
    ['of several /64 in one /48', (index: number) => `2001:db8:1:${hex(index * 163)}::1`, 16 * MAX],
    ['that embed one IPv4 address by 6to4', (index: number) => `2002:cb00:7107:${hex(index)}::1`, MAX],
    ['that embed one IPv4 address by Teredo', (index: number) => `2001:0:${hex(index)}::34ff:8ef8`, MAX],
    ['that embed one IPv4 address by NAT64', (index: number) => `64:ff9b:1:${hex(index)}::203.0.113.7`, MAX],
  ])('bounds the messages for addresses %s', async (_addresses, addressOf, sent) => {
    expect(await countSent(addressOf)).toBe(sent);
  });

  it('counts all notations of one IPv4 address together', async () => {
    const forms = [
      '203.0.113.7',
      '203.0.113.7:4711',
      '::ffff:203.0.113.7',
      '::203.0.113.7',
      '::ffff:cb00:7107',
      '2002:cb00:7107::1',
      '2001:0:4136:e378:8000:63bf:34ff:8ef8',
      '64:ff9b::cb00:7107',
      '[64:ff9b::cb00:7107]:443',
      '::ffff:0:203.0.113.7',
    ];

    expect(await countSent((index) => forms[index % forms.length] ?? '')).toBe(MAX);
  });

  it('bounds the messages for one /48 by default too', async () => {
    const defaults = {
      perIp: [
        { max: 10, seconds: 60 },
        { max: 100, seconds: 3600 },
      ],
    };

    expect(await countSent((index) => `2001:db8:1:${hex(index * 163)}::1`, defaults)).toBe(160);
  });

  it('refuses nothing if each address is in a different /48', async () => {
    expect(await countSent((index) => `2001:db8:${hex(index)}::1`)).toBe(ATTEMPTS);
  });

  it('logs the network that reached its limit, and the limit', async () => {
    await countSent((index) => `2001:db8:1:2${hex(index % 256).padStart(2, '0')}::1`);

    expect(logger.text).toContain(
      'the limit of 8 messages for the address 2001:db8:1:200::/56 in 3600 seconds is reached',
    );
  });
});

describe.each(ADAPTERS)('the limit per address behind an untrusted private proxy, on %s', (adapter) => {
  async function start(limits: LimitOptions): Promise<void> {
    logger.lines.length = 0;
    test = await startApplication({ adapter, logger, phoneVerify: { limits: { ...NO_LIMITS, ...limits } } });
    connectFrom(test, '10.0.0.1');
  }

  it.each([
    ['X-Forwarded-For', (index: number) => `203.0.113.${index % 256}`],
    ['X-Forwarded-For', () => ''],
    ['Forwarded', (index: number) => `for=203.0.113.${index % 256}`],
    ['Forwarded', () => ''],
  ])('is 50 times as high for all clients together, with the header %s', async (header, valueOf) => {
    await start({ perIp: [{ max: MAX, seconds: 3600 }] });

    for (let index = 0; index < 50 * MAX; index += 1) {
      await register(test.app, numberOf(index)).set(header, valueOf(index)).expect(200);
    }
    const { headers } = await register(test.app, numberOf(50 * MAX))
      .set(header, valueOf(0))
      .expect(429);

    expect(headers['retry-after']).toBe('3600');
    expect(test.sandbox.outbox).toHaveLength(50 * MAX);
    expect(logger.text).toContain('log: limits.perIp would have refused');
    expect(logger.text).toContain(
      'the limit of 100 messages for the address 10.0.0.1 (an untrusted proxy) in 3600 seconds is reached',
    );
    const counters = await test.dataSource.getRepository(SMSVerificationCounter).find({ order: { key: 'ASC' } });
    expect(counters.map(({ key, used }) => [key, used])).toEqual([
      ['perIp:3600:10.0.0.1', 100],
      ['perIp:3600:proxy:10.0.0.1', 100],
    ]);
  });

  it('refuses nothing if it only reports', async () => {
    await start({ perIp: [{ max: 1, seconds: 3600, mode: 'report' }] });

    for (let index = 0; index < 60; index += 1) {
      await register(test.app, numberOf(index)).set('X-Forwarded-For', '203.0.113.1').expect(200);
    }
  });

  it('is not higher for a client that connects directly', async () => {
    await start({ perIp: [{ max: MAX, seconds: 3600 }] });

    for (let index = 0; index < MAX; index += 1) await register(test.app, numberOf(index)).expect(200);
    await register(test.app, numberOf(MAX)).expect(429);
  });
});

describe.each(ADAPTERS)('the limit per address, on %s', (adapter) => {
  async function start(trustProxy?: string): Promise<void> {
    test = await startApplication({
      adapter,
      ...(trustProxy !== undefined && { trustProxy }),
      phoneVerify: { limits: { ...NO_LIMITS, perIp: [{ max: MAX, seconds: 3600 }] } },
    });
  }

  it.each([
    ['X-Forwarded-For', '10.0.0.1'],
    ['X-Forwarded-For', ''],
    ['Forwarded', 'for=10.0.0.1'],
  ])('cannot be raised by a client at a public address that sends %s: %s', async (header, value) => {
    await start();
    connectFrom(test, '203.0.113.9');

    for (let index = 0; index < MAX; index += 1)
      await register(test.app, numberOf(index)).set(header, value).expect(200);
    await register(test.app, numberOf(MAX)).set(header, value).expect(429);
  });

  it('cannot be raised by a client in the private network that forges addresses through a trusted proxy', async () => {
    await start('loopback');
    const from = (forged: string, index: number) =>
      register(test.app, numberOf(index)).set('X-Forwarded-For', `${forged}, 192.168.1.5`);

    for (let index = 0; index < MAX; index += 1) await from(`203.0.113.${index}`, index).expect(200);
    await from('203.0.113.99', MAX).expect(429);
  });
});
