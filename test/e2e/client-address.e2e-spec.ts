import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { bucketsOf, IpAddress } from '../../lib/limits/address.js';
import type { ClientAddress } from '../../lib/limits/send-request.js';
import type { IssuedCode } from '../../lib/verification/code-issuer.js';
import { CodeRequests, type ResendInput, type SendInput } from '../../lib/verification/code-requests.js';
import {
  ADAPTERS,
  type Adapter,
  type ApplicationOptions,
  connectFrom,
  startApplication,
  type TestApplication,
  type TrustProxy,
} from '../support/application.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, register, resend } from '../support/requests.js';

/** Replaces the requests for codes, and records the client of each send. */
class ClientsOnly implements Pick<CodeRequests, 'send' | 'resend'> {
  readonly clients: ClientAddress[] = [];

  async send({ client }: SendInput): Promise<IssuedCode> {
    if (client !== undefined) this.clients.push(client);
    const now = new Date(0);
    const sent = { sessionToken: 'x', phoneNumber: NUMBER, expiresAt: now, resendAt: now, codeLength: 6 };
    return { sent, codeFormat: 'numeric' };
  }

  resend(input: ResendInput): Promise<IssuedCode> {
    return this.send(input);
  }
}

let test: TestApplication;
const logger = new RecordedLogs();
let requests: ClientsOnly;

async function start(
  adapter: Adapter,
  trustProxy?: TrustProxy,
  configure?: (app: INestApplication) => void,
  phoneVerify: ApplicationOptions['phoneVerify'] = { limits: {} },
): Promise<void> {
  requests = new ClientsOnly();
  test = await startApplication({
    adapter,
    logger,
    phoneVerify,
    ...(trustProxy !== undefined && { trustProxy }),
    ...(configure !== undefined && { configure }),
    override: (builder) => builder.overrideProvider(CodeRequests).useValue(requests),
  });
}

/** The client of a register request with these headers. */
async function clientWith(headers: Record<string, string>): Promise<ClientAddress | undefined> {
  await register(test.app).set(headers).expect(200);
  return requests.clients.at(-1);
}

const errorLines = (): string[] => logger.lines.filter((line) => line.startsWith('error: Requests are forwarded'));

afterEach(async () => {
  await test.close();
  logger.lines.length = 0;
});

const HERE = { ip: IpAddress.read('127.0.0.1'), isUntrustedProxy: false };

/** Who is connected, what the request says, and who is taken for the client. */
type Case = readonly [peer: string, headers: Record<string, string>, ip: string, who: 'client' | 'untrusted proxy'];

const forwardedFor = (value: string): Record<string, string> => ({ 'x-forwarded-for': value });

/** From the internet nobody is a proxy, whatever the headers say. */
const ON_THE_INTERNET: readonly Case[] = [
  ['203.0.113.9', {}, '203.0.113.9', 'client'],
  ['203.0.113.9', forwardedFor('10.0.0.1'), '203.0.113.9', 'client'],
  ['203.0.113.9', forwardedFor(''), '203.0.113.9', 'client'],
  ['203.0.113.9', { forwarded: 'for=10.0.0.1' }, '203.0.113.9', 'client'],
  ['2002:a00:1::9', forwardedFor('10.0.0.1'), '2002:a00:1::9', 'client'],
];

const BEHIND_NO_TRUSTED_PROXY: readonly Case[] = [
  ['10.0.0.1', {}, '10.0.0.1', 'client'],
  ['10.0.0.1', forwardedFor('203.0.113.7'), '10.0.0.1', 'untrusted proxy'],
  ['10.0.0.1', forwardedFor('198.51.100.1, 203.0.113.7'), '10.0.0.1', 'untrusted proxy'],
  ['10.0.0.1', forwardedFor(''), '10.0.0.1', 'untrusted proxy'],
  ['10.0.0.1', { forwarded: 'for=203.0.113.7' }, '10.0.0.1', 'untrusted proxy'],
  ['10.0.0.1', { forwarded: '' }, '10.0.0.1', 'untrusted proxy'],
  ['::ffff:10.0.0.1', forwardedFor('203.0.113.7'), '10.0.0.1', 'untrusted proxy'],
  ['fd00::1', forwardedFor('203.0.113.7'), 'fd00::1', 'untrusted proxy'],
  ['::1', forwardedFor('203.0.113.7'), '::1', 'untrusted proxy'],
];

const CASES: readonly { trusting: string; trustProxy: TrustProxy; cases: readonly Case[] }[] = [
  { trusting: 'nobody', trustProxy: false, cases: [...ON_THE_INTERNET, ...BEHIND_NO_TRUSTED_PROXY] },
  {
    trusting: 'everybody',
    trustProxy: true,
    cases: [
      ['10.0.0.1', {}, '10.0.0.1', 'client'],
      ['10.0.0.1', forwardedFor('203.0.113.7'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('203.0.113.7, 10.0.0.2'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('192.168.1.5'), '192.168.1.5', 'client'],
      ['10.0.0.1', forwardedFor(''), '10.0.0.1', 'untrusted proxy'],
      ['10.0.0.1', { forwarded: 'for=203.0.113.7' }, '10.0.0.1', 'untrusted proxy'],
    ],
  },
  {
    trusting: 'loopback',
    trustProxy: 'loopback',
    cases: [
      ...ON_THE_INTERNET,
      ...BEHIND_NO_TRUSTED_PROXY.filter(([peer]) => peer !== '::1'),
      ['127.0.0.1', {}, '127.0.0.1', 'client'],
      ['127.0.0.1', forwardedFor('203.0.113.7'), '203.0.113.7', 'client'],
      ['::ffff:127.0.0.1', forwardedFor('203.0.113.7'), '203.0.113.7', 'client'],
      ['127.0.0.1', forwardedFor('127.0.0.1'), '127.0.0.1', 'client'],
      // What stands left of the address that the trusted proxy added is what the client itself sent.
      ['127.0.0.1', forwardedFor('192.168.1.5'), '192.168.1.5', 'client'],
      ['127.0.0.1', forwardedFor('203.0.113.7, 192.168.1.5'), '192.168.1.5', 'client'],
      ['127.0.0.1', forwardedFor('203.0.113.7, 10.0.0.2, 192.168.1.5'), '192.168.1.5', 'client'],
      ['127.0.0.1', { ...forwardedFor('192.168.1.5'), forwarded: 'for=203.0.113.7' }, '192.168.1.5', 'client'],
      ['127.0.0.1', { ...forwardedFor('192.168.1.5'), forwarded: '' }, '192.168.1.5', 'client'],
      ['127.0.0.1', forwardedFor(''), '127.0.0.1', 'untrusted proxy'],
      ['127.0.0.1', { forwarded: 'for=203.0.113.7' }, '127.0.0.1', 'untrusted proxy'],
    ],
  },
  {
    trusting: 'uniquelocal',
    trustProxy: 'uniquelocal',
    cases: [
      ...ON_THE_INTERNET,
      ['10.0.0.1', forwardedFor('203.0.113.7'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('203.0.113.7, 10.0.0.2'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('198.51.100.1, 203.0.113.7, 10.0.0.2'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('192.168.1.5'), '192.168.1.5', 'client'],
      ['127.0.0.1', forwardedFor('203.0.113.7'), '127.0.0.1', 'untrusted proxy'],
    ],
  },
  {
    trusting: 'one of two proxies',
    trustProxy: ['10.0.0.1'],
    cases: [
      ['10.0.0.1', forwardedFor('203.0.113.7'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('203.0.113.7, 10.0.0.2'), '10.0.0.2', 'client'],
      ['10.0.0.2', forwardedFor('203.0.113.7'), '10.0.0.2', 'untrusted proxy'],
    ],
  },
  {
    trusting: 'two proxies',
    trustProxy: ['10.0.0.1', '10.0.0.2'],
    cases: [
      ['10.0.0.1', forwardedFor('203.0.113.7, 10.0.0.2'), '203.0.113.7', 'client'],
      ['10.0.0.1', forwardedFor('203.0.113.7, 192.168.1.5, 10.0.0.2'), '192.168.1.5', 'client'],
    ],
  },
];

describe.each(ADAPTERS)('the address of a client, on %s', (adapter) => {
  it('is that of the connection', async () => {
    await start(adapter);

    expect(await clientWith({})).toMatchObject(HERE);
    await resend(test.app, NUMBER, 'x').expect(200);
    expect(requests.clients.at(-1)).toMatchObject(HERE);
    expect(errorLines()).toEqual([]);
  });

  it('is read only if a limit, conversion or authorizeSend uses it', async () => {
    const unused = { perIp: false, perSubject: false, conversion: false } as const;
    const cases: [ApplicationOptions['phoneVerify'], number][] = [
      [{ limits: false }, 0],
      [{ limits: unused }, 0],
      [{ limits: { ...unused, perIp: [{ max: 1, seconds: 60 }] } }, 1],
      [{ limits: { ...unused, conversion: {} } }, 1],
      [{ limits: false, authorizeSend: () => true }, 1],
    ];
    for (const [phoneVerify, read] of cases) {
      await start(adapter, undefined, undefined, phoneVerify);
      await register(test.app).expect(200);
      expect(requests.clients).toHaveLength(read);
      await test.close();
    }
    await start(adapter);
  });

  it.each([
    { 'x-real-ip': '203.0.113.7' },
    { 'cf-connecting-ip': '203.0.113.7' },
    { 'true-client-ip': '203.0.113.7' },
    { 'x-client-ip': '203.0.113.7' },
  ])('is never read from %j', async (headers) => {
    await start(adapter);

    expect(await clientWith(headers)).toMatchObject(HERE);
  });

  describe.each(CASES)('where the adapter trusts $trusting', ({ trustProxy, cases }) => {
    it.each(cases)('is, for the peer %s with %j, %s as the %s', async (peer, headers, ip, who) => {
      await start(adapter, trustProxy);
      connectFrom(test, peer);

      const isUntrustedProxy = who === 'untrusted proxy';
      expect(await clientWith(headers)).toMatchObject({ ip: IpAddress.read(ip), isUntrustedProxy });
      expect(errorLines()).toHaveLength(isUntrustedProxy ? 1 : 0);
    });
  });

  it('is reported once if an untrusted proxy hides it, with the settings of both adapters', async () => {
    await start(adapter);

    for (const last of ['1', '2', '3']) await clientWith({ 'x-forwarded-for': `203.0.113.${last}` });

    expect(errorLines()).toHaveLength(1);
    expect(errorLines()[0]).toContain("app.set('trust proxy', ");
    expect(errorLines()[0]).toContain('new FastifyAdapter({ trustProxy: ');
    expect(errorLines()[0]).toContain('with 50 times its max');
    expect(errorLines()[0]).not.toContain('203.0.113');
  });

  it.each([
    ['203.0.113.7', ['203.0.113.7']],
    ['::ffff:203.0.113.7', ['203.0.113.7']],
    ['198.51.100.1, 203.0.113.7', ['203.0.113.7']],
    ['2002:cb00:7107::1', ['203.0.113.7']],
    ['2001:db8:1:2:3:4:5:6', ['2001:db8:1:2::/64', '2001:db8:1::/56', '2001:db8:1::/48']],
  ])('is the one that a trusted proxy forwards: %s is counted as %j', async (value, names) => {
    await start(adapter, 'loopback');

    const client = await clientWith({ 'x-forwarded-for': value });

    expect(bucketsOf(client?.ip).map(({ name }) => name)).toEqual(names);
    expect(errorLines()).toEqual([]);
  });

  it('is counted in one common bucket if it is invalid', async () => {
    await start(adapter, 'loopback');

    expect(await clientWith({ 'x-forwarded-for': 'nonsense' })).toEqual({
      ip: undefined,
      isUntrustedProxy: false,
    });
  });
});

/** Fastify takes no number. */
describe('a number of trusted proxies, on express', () => {
  it.each([
    [1, '203.0.113.7', '203.0.113.7', 'client'],
    [1, '203.0.113.7, 10.0.0.2', '10.0.0.2', 'client'],
    [2, '203.0.113.7, 10.0.0.2', '203.0.113.7', 'client'],
    [2, '198.51.100.1, 203.0.113.7, 10.0.0.2', '203.0.113.7', 'client'],
    [1, '', '10.0.0.1', 'untrusted proxy'],
  ] as const)('is %s: for 10.0.0.1 with "%s" the address is %s, the %s', async (count, value, ip, who) => {
    await start('express', undefined, (app) => app.getHttpAdapter().getInstance().set('trust proxy', count));
    connectFrom(test, '10.0.0.1');

    expect(await clientWith(forwardedFor(value))).toMatchObject({
      ip: IpAddress.read(ip),
      isUntrustedProxy: who === 'untrusted proxy',
    });
  });
});
