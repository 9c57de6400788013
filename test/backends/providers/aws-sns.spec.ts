import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AwsSnsBackend, type AwsSnsBackendOptions } from '../../../lib/backends/aws-sns/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { awsSnsWire } from '../wire/aws-sns.wire.js';

describeProvider(awsSnsWire);

const credentials = Object.freeze({ accessKeyId: 'AKIA1', secretAccessKey: 'secret' });

describe('AwsSnsBackend', () => {
  let server: WireServer;

  beforeAll(async () => {
    server = await WireServer.start();
  });

  afterEach(() => vi.unstubAllEnvs());

  afterAll(() => server.close());

  function create(options: Partial<AwsSnsBackendOptions> = {}): AwsSnsBackend {
    server.answer(awsSnsWire.success('message-1'));
    return new AwsSnsBackend({ region: 'us-east-1', credentials, baseUrl: `${server.url}/`, ...options });
  }

  it('sends with a sender id and a maximum price', async () => {
    await create({ senderId: 'Acme', maxPriceUsd: 0.05 }).sendSms(TO, TEXT);

    expect(server.last.path).toBe('/');
    expect(Object.fromEntries(new URLSearchParams(server.last.body))).toMatchObject({
      'MessageAttributes.entry.2.Name': 'AWS.SNS.SMS.SenderID',
      'MessageAttributes.entry.2.Value.DataType': 'String',
      'MessageAttributes.entry.2.Value.StringValue': 'Acme',
      'MessageAttributes.entry.3.Name': 'AWS.SNS.SMS.MaxPrice',
      'MessageAttributes.entry.3.Value.DataType': 'Number',
      'MessageAttributes.entry.3.Value.StringValue': '0.05',
    });
  });

  function temporary(calls: number, expiration?: Date) {
    const key = { accessKeyId: `AKIA${calls}`, secretAccessKey: 'secret', sessionToken: `token-${calls}` };
    return expiration === undefined ? key : { ...key, expiration };
  }

  it('calls the function for temporary credentials again when they are about to expire', async () => {
    let calls = 0;
    const backend = create({ credentials: async () => temporary((calls += 1), new Date(Date.now() + 60_000)) });

    await backend.sendSms(TO, TEXT);
    const callsForOne = calls;
    await backend.sendSms(TO, TEXT);

    expect(calls).toBeGreaterThan(callsForOne);
    expect(server.last.headers).toMatchObject({
      authorization: expect.stringContaining(`Credential=AKIA${calls}/`),
      'x-amz-security-token': `token-${calls}`,
    });
  });

  it.each([
    ['in an hour', () => new Date(Date.now() + 3_600_000)],
    ['never', () => undefined],
  ])('calls the function once for credentials that expire %s', async (_when, expiration) => {
    let calls = 0;
    const backend = create({ credentials: async () => temporary((calls += 1), expiration()) });

    await Promise.all([backend.sendSms(TO, TEXT), backend.sendSms(TO, TEXT)]);
    await backend.sendSms(TO, TEXT);

    expect(calls).toBe(1);
    expect(server.last.headers['authorization']).toContain('Credential=AKIA1/');
  });

  it('calls the function again after it failed', async () => {
    let calls = 0;
    const backend = create({
      credentials: async () => {
        calls += 1;
        if (calls === 1) throw new Error('no vault');
        return temporary(calls);
      },
    });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'misconfigured' });
    await expect(backend.sendSms(TO, TEXT)).resolves.toMatchObject({ messageId: 'message-1' });
  });

  it('builds one client of the SDK for all messages', async () => {
    const { SNSClient } = await import('@aws-sdk/client-sns');
    const clients = new Set<unknown>();
    const send = vi.spyOn(SNSClient.prototype, 'send');
    const backend = create();

    await Promise.all([backend.sendSms(TO, TEXT), backend.sendSms(TO, TEXT)]);
    for (const client of send.mock.contexts) clients.add(client);
    send.mockRestore();

    expect(clients.size).toBe(1);
  });

  it('uses the credentials of the environment when it has none', async () => {
    const backend = new AwsSnsBackend({ region: 'us-east-1', baseUrl: server.url });
    server.answer(awsSnsWire.success('message-1'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

    await backend.sendSms(TO, TEXT);
    vi.unstubAllEnvs();
    await backend.sendSms(TO, TEXT);

    expect(server.last.headers['authorization']).toContain('Credential=AKIAENVIRONMENT/');
  });

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

  it.each([
    [
      'a function that fails',
      async () => {
        throw new Error('no vault');
      },
    ],
    ['a function that returns nothing', async () => undefined as never],
  ])('sends nothing with %s', async (_case, asked) => {
    const backend = create({ credentials: asked });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'misconfigured' });
    expect(server.requests).toHaveLength(before);
  });

  it('sends nothing without credentials', async () => {
    const backend = new AwsSnsBackend({ region: 'us-east-1', baseUrl: server.url });
    const before = server.requests.length;
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({
      kind: 'misconfigured',
      cause: expect.objectContaining({ name: 'CredentialsProviderError' }),
    });
    expect(server.requests).toHaveLength(before);
  });

  it.each([408, 409, 429, 500, 503])('sends one request when the response is %d', async (status) => {
    const backend = create();
    server.answer({ status, body: {} });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ providerCode: String(status) });
    expect(server.requests).toHaveLength(before + 1);
  });

  it.each(
    ['InvalidParameter', 'InvalidParameterValue', 'ParameterValueInvalid', 'ValidationError'].flatMap((code) =>
      (
        [
          ['Invalid parameter: PhoneNumber Reason: the number is not valid to publish to', 'rejected'],
          ['Invalid parameter: AWS.SNS.SMS.SenderID', 'misconfigured'],
          ['Invalid parameter: AWS.SNS.SMS.MaxPrice', 'misconfigured'],
          ['Invalid parameter: something new', 'unreachable'],
        ] as const
      ).map(([message, kind]) => [code, message, kind] as const),
    ),
  )('%s with %j is %s', async (code, message, kind) => {
    const backend = create();
    server.answer({
      status: 400,
      body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, message, providerCode: code });
  });

  it.each([
    [{}, ['options.region: is required']],
    [{ region: 'us-east-1', senderId: '' }, ['options.senderId: must be a text that is not empty']],
    ...['Ac', 'AcmeAcmeAcme', 'Ac me', '12345'].map((senderId): [object, string[]] => [
      { region: 'us-east-1', senderId },
      ['options.senderId: must have 3 to 11 characters without a space, at least one of them a letter'],
    ]),
    [
      { region: 'us-east-1', credentials: 'hidden-value' },
      ['options.credentials: must be credentials or a function that returns them'],
    ],
    [
      {
        region: 'us-east-1',
        credentials: { accessKeyId: 'a', secret: 'hidden-value', sessionToken: 1, expiration: '2026-11-26' },
      },
      [
        expect.stringContaining('options.credentials.secret: is not an option'),
        'options.credentials.secretAccessKey: is required',
        'options.credentials.sessionToken: must be a text that is not empty',
        'options.credentials.expiration: must be a Date',
      ],
    ],
    [{ region: 'us-east-1', maxPriceUsd: 0 }, ['options.maxPriceUsd: must be a number from 0.0001 to 1000']],
    [{ region: 'us-east-1', maxPriceUsd: '1' }, ['options.maxPriceUsd: must be a number from 0.0001 to 1000']],
    [{ region: 'us-east-1', sender: 'x' }, [expect.stringContaining('options.sender: is not an option')]],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new AwsSnsBackend(options as never))).toEqual(faults);
  });
});
