import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlivoBackend } from '../../../lib/backends/plivo/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { plivoAnswer, plivoWire } from '../wire/plivo.wire.js';

describeProvider(plivoWire);

describe('PlivoBackend', () => {
  const numbers = Array.from({ length: 51 }, (_, index) => `+316123456${index + 10}`);
  let server: WireServer;
  let backend: PlivoBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new PlivoBackend({ authId: 'MA1', authToken: 'token', from: 'Acme', baseUrl: `${server.url}/` });
  });

  afterAll(() => server.close());

  it.each([
    [0, 5],
    [86_400_000, 10_799],
  ])('a code that expires in %d ms has a validity period of %d s', async (milliseconds, seconds) => {
    server.answer(plivoWire.success('message-1'));

    await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + milliseconds) }));

    expect(JSON.parse(server.last.body)).toMatchObject({ message_expiry: seconds });
    expect(server.last.path).toBe('/v1/Account/MA1/Message/');
  });

  it('sends through a Powerpack, which chooses the sender', async () => {
    server.answer(plivoWire.success('message-1'));
    const options = { authId: 'MA1', authToken: 'token', powerpackUuid: 'pack-1', baseUrl: server.url };

    await new PlivoBackend(options).sendSms(TO, TEXT);

    expect(JSON.parse(server.last.body)).toEqual({ powerpack_uuid: 'pack-1', dst: TO.slice(1), text: TEXT });
  });

  it('redacts its credentials as they were sent, in Base64', async () => {
    const authorization = `Basic ${Buffer.from('MA1:token').toString('base64')}`;
    server.answer({ status: 401, body: { error: `Invalid header Authorization: ${authorization}` } });

    const error: unknown = await backend.sendSms(TO, TEXT).catch((thrown: unknown) => thrown);

    expect(String(error)).toContain('Invalid header');
    expect(String(error)).not.toContain(authorization.slice('Basic '.length));
  });

  it('sets no validity period for a message without a code', async () => {
    server.answer(plivoWire.success('message-1'));

    await backend.sendSms(TO, TEXT);

    expect(JSON.parse(server.last.body)).not.toHaveProperty('message_expiry');
  });

  it('sends to many numbers, fifty in each request, and matches the results', async () => {
    const before = server.requests.length;
    server.answer(({ body }) => {
      const { dst }: { dst: string } = JSON.parse(body);
      const taken = dst.split('<').filter((number) => number !== numbers[1]?.slice(1));
      return plivoAnswer(
        taken.map((number) => `id of +${number}`),
        dst.includes(numbers[1]!.slice(1)) ? [numbers[1]!.slice(1)] : [],
      );
    });

    const results = await backend.sendBulkSms([...numbers, numbers[0]!], TEXT);

    expect(results.map(({ number }) => number)).toEqual([...numbers, numbers[0]]);
    expect(results[1]?.error).toMatchObject({ kind: 'rejected', providerCode: 'invalid_number' });
    const others = results.filter(({ number }) => number !== numbers[1]);
    expect(others.map(({ receipt }) => receipt)).toEqual(
      others.map(({ number }) => ({ backend: 'PlivoBackend', messageId: `id of ${number}` })),
    );
    expect(server.requests).toHaveLength(before + 2);
  });

  it('does not guess which numbers were accepted', async () => {
    server.answer(plivoAnswer(['one-id'], [numbers[0]!]));

    const results = await backend.sendBulkSms(numbers.slice(0, 3), TEXT);

    expect(results.map(({ error }) => error?.kind)).toEqual(['rejected', 'unknown', 'unknown']);
  });

  it('keeps the results of other numbers when one country is not permitted', async () => {
    server.answer(({ body }) =>
      body.includes(numbers[1]!.slice(1))
        ? { status: 403, body: { error: 'Not permitted.' } }
        : plivoAnswer(['one-id']),
    );

    const results = await backend.sendBulkSms(numbers.slice(0, 3), TEXT);

    expect(results.map(({ receipt, error }) => receipt?.messageId ?? error?.kind)).toEqual([
      'one-id',
      'unreachable',
      'one-id',
    ]);
  });

  it('returns the error for each number when a whole request failed', async () => {
    server.answer({ status: 503, body: '' });

    const results = await backend.sendBulkSms(numbers, TEXT);

    expect(results).toHaveLength(51);
    for (const { error } of results) expect(error).toMatchObject({ kind: 'unavailable', providerCode: '503' });
  });

  it('does not blame the number for the 403 of a proxy', async () => {
    server.answer({ status: 403, body: '<html>Forbidden</html>' });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'misconfigured', providerCode: '403' });
  });

  it.each([
    [
      {},
      [
        'options.authId: is required',
        'options.authToken: is required',
        'options.from: give either from or powerpackUuid',
      ],
    ],
    [
      { authId: 'MA1', authToken: 't', from: 'a', powerpackUuid: 'b' },
      ['options.from: give either from or powerpackUuid'],
    ],
    [{ authId: 'MA1', authToken: ['hidden'], from: 'a' }, ['options.authToken: must be a text that is not empty']],
    [
      { authId: 'MA1', authToken: 't', from: 'a', src: 'x' },
      [expect.stringContaining('options.src: is not an option')],
    ],
    [
      { authId: 'MA1', authToken: 't', from: 'a', timeoutMs: 0 },
      ['options.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new PlivoBackend(options as never))).toEqual(faults);
  });
});
