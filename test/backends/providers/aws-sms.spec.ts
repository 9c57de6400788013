import { createHmac, hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AwsSmsBackend, type AwsSmsBackendOptions } from '../../../lib/backends/aws-sms/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { type ReceivedRequest, WireServer } from '../../support/wire-server.js';
import { awsSmsRefusal, awsSmsWire } from '../wire/aws-sms.wire.js';

describeProvider(awsSmsWire);

const credentials = Object.freeze({ accessKeyId: 'AKIA1', secretAccessKey: 'secret' });

/** The signature of a request, by AWS Signature Version 4. */
function signatureOf({ method, path, headers, body }: ReceivedRequest): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '') ?? [];
  const signed = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, '', signed.join(''), names, hash('sha256', body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash('sha256', canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      Buffer.from(`AWS4${credentials.secretAccessKey}`),
    );
  return createHmac('sha256', key).update(text).digest('hex');
}

describe('AwsSmsBackend', () => {
  let server: WireServer;

  beforeAll(async () => {
    server = await WireServer.start();
  });

  afterEach(() => vi.unstubAllEnvs());

  afterAll(() => server.close());

  function create(options: Partial<AwsSmsBackendOptions> = {}): AwsSmsBackend {
    server.answer(awsSmsWire.success('message-1'));
    return new AwsSmsBackend({ region: 'us-east-1', credentials, baseUrl: `${server.url}/`, ...options });
  }

  it.each([
    ['the time limit', { timeoutMs: 30 }, () => new AbortController().signal],
    ['the signal', {}, () => AbortSignal.timeout(30)],
  ])('is unavailable when %s ends the wait for credentials: nothing was written', async (_by, options, signal) => {
    const backend = create({ credentials: () => new Promise<never>(() => undefined), ...options });
    const before = server.requests.length;

    const sending = backend.sendSms(TO, TEXT, sendContext({ signal: signal() }));

    await expect(sending).rejects.toMatchObject({ kind: 'unavailable' });
    expect(server.requests).toHaveLength(before);
  });

  it('sends with a sender, a maximum price and a protect configuration', async () => {
    const backend = create({ originationIdentity: 'Acme', maxPriceUsd: 0.05, protectConfigurationId: 'protect-1' });

    await backend.sendSms(TO, TEXT);

    expect(server.last.path).toBe('/');
    expect(JSON.parse(server.last.body)).toEqual({
      DestinationPhoneNumber: TO,
      MessageBody: TEXT,
      MessageType: 'TRANSACTIONAL',
      OriginationIdentity: 'Acme',
      MaxPrice: '0.05000',
      ProtectConfigurationId: 'protect-1',
    });
  });

  it.each([
    [0.0001, '0.00010'],
    [1e-4 + 1e-7, '0.00010'],
    [1, '1.00000'],
    [99, '99.00000'],
  ])('writes the maximum price %d as the API takes it', async (maxPriceUsd, written) => {
    await create({ maxPriceUsd }).sendSms(TO, TEXT);

    expect(JSON.parse(server.last.body)).toMatchObject({ MaxPrice: written });
  });

  it.each([
    [1, 5],
    [60, 60],
    [1_000_000, 259_200],
  ])('a code that lives %d s has a time to live of %d s', async (seconds, timeToLive) => {
    const expiresAt = new Date(Date.now() + seconds * 1000 + 900);

    await create().sendSms(TO, TEXT, sendContext({ expiresAt }));

    expect(JSON.parse(server.last.body)).toMatchObject({ TimeToLive: timeToLive });
  });

  it('signs fields in extra that the SDK does not know', async () => {
    await create({ extra: { SomethingNew: { a: 1 } } }).sendSms(TO, TEXT);

    expect(JSON.parse(server.last.body)).toMatchObject({ MessageBody: TEXT, SomethingNew: { a: 1 } });
    expect(server.last.headers['authorization']).toContain(`Signature=${signatureOf(server.last)}`);
  });

  it('keeps the send id beside the context of the application', async () => {
    await create({ extra: { Context: { shop: 'a' } } }).sendSms(TO, TEXT, sendContext());

    expect(JSON.parse(server.last.body)).toMatchObject({ Context: { shop: 'a', sendId: sendContext().sendId } });
  });

  it('calls the function for credentials, and sends with its session token', async () => {
    const asked = async () => ({ accessKeyId: 'AKIA2', secretAccessKey: 'secret', sessionToken: 'token-2' });

    await create({ credentials: asked }).sendSms(TO, TEXT);

    expect(server.last.headers).toMatchObject({
      authorization: expect.stringContaining('Credential=AKIA2/'),
      'x-amz-security-token': 'token-2',
    });
  });

  it('uses the credentials of the environment when it has none', async () => {
    server.answer(awsSmsWire.success('message-1'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

    await new AwsSmsBackend({ region: 'us-east-1', baseUrl: server.url }).sendSms(TO, TEXT);

    expect(server.last.headers['authorization']).toContain('Credential=AKIAENVIRONMENT/');
  });

  it('sends nothing when the function for credentials fails', async () => {
    const asked = async () => {
      throw new Error('no vault');
    };
    const backend = create({ credentials: asked });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'misconfigured' });
    expect(server.requests).toHaveLength(before);
  });

  it('keeps messages that are sent at the same time apart', async () => {
    const backend = create();
    const numbers = Array.from({ length: 10 }, (_, index) => `+1415555267${index}`);
    const before = server.requests.length;

    await Promise.all(numbers.map((number) => backend.sendSms(number, TEXT)));

    const sent = server.requests.slice(before).map(({ body }) => JSON.parse(body).DestinationPhoneNumber);
    expect(new Set(sent)).toEqual(new Set(numbers));
  });

  it.each([408, 409, 429, 500, 503])('sends one request when the response is %d', async (status) => {
    const backend = create();
    server.answer({ status, body: {} });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ providerCode: String(status) });
    expect(server.requests).toHaveLength(before + 1);
  });

  it.each(
    ['ValidationException', 'FIELD_VALIDATION_FAILED', 'INVALID_PARAMETER', 'CANNOT_PARSE'].flatMap((code) =>
      (
        [
          ['DestinationPhoneNumber', 'rejected'],
          ['MessageBody', 'rejected'],
          ['OriginationIdentity', 'misconfigured'],
          ['ConfigurationSetName', 'misconfigured'],
          ['MaxPrice', 'misconfigured'],
          ['ProtectConfigurationId', 'misconfigured'],
          ['DestinationCountryParameters', 'unreachable'],
        ] as const
      ).map(([field, kind]) => [code, field, kind] as const),
    ),
  )('%s of %s is %s', async (code, field, kind) => {
    const backend = create();
    const Reason = code === 'ValidationException' ? undefined : code;
    server.answer(
      awsSmsRefusal(400, 'ValidationException', {
        Reason,
        Message: 'Refused',
        Fields: [{ Name: field, Message: 'x' }],
      }),
    );

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, message: 'Refused', providerCode: code });
  });

  it.each([
    [{}, ['options.region: is required']],
    [
      { region: 'us-east-1', originationIdentity: '' },
      ['options.originationIdentity: must be a text that is not empty'],
    ],
    [
      { region: 'us-east-1', protectConfigurationId: 1 },
      ['options.protectConfigurationId: must be a text that is not empty'],
    ],
    [
      { region: 'us-east-1', credentials: 'hidden-value' },
      ['options.credentials: must be credentials or a function that returns them'],
    ],
    ...[0, 100, '1', Number.NaN].map((maxPriceUsd): [object, string[]] => [
      { region: 'us-east-1', maxPriceUsd },
      ['options.maxPriceUsd: must be a number from 0.0001 to 99'],
    ]),
    [{ region: 'us-east-1', senderId: 'x' }, [expect.stringContaining('options.senderId: is not an option')]],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new AwsSmsBackend(options as never))).toEqual(faults);
  });
});
