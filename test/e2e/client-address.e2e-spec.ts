import { afterEach, describe, expect, it } from 'vitest';
import { PhoneVerificationService, type SendOptions, type SentVerification } from '../../lib/index.js';
import { originOf, type SendOrigin } from '../../lib/limits/send-origin.js';
import { ADAPTERS, type Adapter, startApplication, type TestApplication } from '../support/application.js';
import { KeptLogs } from '../support/logs.js';
import { NUMBER, register, resend } from '../support/requests.js';

/** Stands for the service, and keeps where each send comes from. */
class OriginsOnly {
  readonly origins: SendOrigin[] = [];

  async sendSecurityCode(_phoneNumber: string, options: SendOptions): Promise<SentVerification> {
    this.origins.push(originOf(options));
    const now = new Date(0);
    return { sessionToken: 'x', phoneNumber: NUMBER, expiresAt: now, resendAt: now, codeLength: 6 };
  }

  resendSecurityCode(phoneNumber: string, _token: string, options: SendOptions): Promise<SentVerification> {
    return this.sendSecurityCode(phoneNumber, options);
  }
}

let test: TestApplication;
const logger = new KeptLogs();
let service: OriginsOnly;

async function start(adapter: Adapter, trustProxy?: string): Promise<void> {
  service = new OriginsOnly();
  test = await startApplication({
    adapter,
    logger,
    ...(trustProxy !== undefined && { trustProxy }),
    override: (builder) => builder.overrideProvider(PhoneVerificationService).useValue(service),
  });
}

/** Where a register with these headers comes from. The connection is always from 127.0.0.1. */
async function originWith(headers: Record<string, string>): Promise<SendOrigin | undefined> {
  await register(test.app).set(headers).expect(200);
  return service.origins.at(-1);
}

const complaints = (): string[] => logger.lines.filter((line) => line.startsWith('error: Requests are forwarded'));

afterEach(async () => {
  await test.close();
  logger.lines.length = 0;
});

const HERE = { ip: '127.0.0.1', bucket: '127.0.0.1', isUntrustedProxy: false };

describe.each(ADAPTERS)('the address of a client, on %s', (adapter) => {
  it('is that of the connection', async () => {
    await start(adapter);

    expect(await originWith({})).toEqual(HERE);
    await resend(test.app, NUMBER, 'x').expect(200);
    expect(service.origins.at(-1)).toEqual(HERE);
    expect(complaints()).toEqual([]);
  });

  it.each([
    { 'x-real-ip': '203.0.113.7' },
    { 'cf-connecting-ip': '203.0.113.7' },
    { 'true-client-ip': '203.0.113.7' },
    { 'x-client-ip': '203.0.113.7' },
  ])('is never taken from %j', async (headers) => {
    await start(adapter);

    expect(await originWith(headers)).toEqual(HERE);
  });

  it.each([
    { 'x-forwarded-for': '203.0.113.7' },
    { 'x-forwarded-for': '2001:db8::1, 203.0.113.7' },
    { 'x-forwarded-for': '' },
    { forwarded: 'for=203.0.113.7' },
  ])('is not known behind a proxy that is not trusted, which sends %j', async (headers) => {
    await start(adapter);

    expect(await originWith(headers)).toEqual({ ...HERE, isUntrustedProxy: true });
  });

  it('that is not known is told once, with the setting of either adapter', async () => {
    await start(adapter);

    for (const last of ['1', '2', '3']) await originWith({ 'x-forwarded-for': `203.0.113.${last}` });

    expect(complaints()).toHaveLength(1);
    expect(complaints()[0]).toContain("app.set('trust proxy', ");
    expect(complaints()[0]).toContain('new FastifyAdapter({ trustProxy: ');
    expect(complaints()[0]).not.toContain('203.0.113');
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ])('is what a trusted proxy says: of %s it is counted as %s', async (forwardedFor, bucket) => {
    await start(adapter, 'loopback');

    expect(await originWith({ 'x-forwarded-for': forwardedFor })).toMatchObject({ bucket, isUntrustedProxy: false });
    expect(complaints()).toEqual([]);
  });

  it('inside the network, behind a trusted proxy, is that of a client', async () => {
    await start(adapter, 'loopback');

    expect(await originWith({ 'x-forwarded-for': '10.1.2.3' })).toEqual({
      ip: '10.1.2.3',
      bucket: '10.1.2.3',
      isUntrustedProxy: false,
    });
    expect(complaints()).toEqual([]);
  });

  it('is not known where one more proxy would have to be trusted', async () => {
    await start(adapter, 'loopback');

    expect(await originWith({ 'x-forwarded-for': '203.0.113.7, 10.0.0.2' })).toMatchObject({
      bucket: '10.0.0.2',
      isUntrustedProxy: true,
    });
  });

  it('that cannot be read has the bucket of all such', async () => {
    await start(adapter, 'loopback');

    expect(await originWith({ 'x-forwarded-for': 'nonsense' })).toEqual({
      ip: undefined,
      bucket: 'unknown',
      isUntrustedProxy: false,
    });
  });
});
