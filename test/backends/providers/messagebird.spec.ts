import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessageBirdBackend } from '../../../lib/backends/messagebird/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { messageBirdAnswer, messageBirdWire } from '../wire/messagebird.wire.js';

describeProvider(messageBirdWire);

describe('MessageBirdBackend', () => {
  const numbers = Array.from({ length: 51 }, (_, index) => `+316123456${index + 10}`);
  let server: WireServer;
  let backend: MessageBirdBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new MessageBirdBackend({ accessKey: 'key', originator: 'Acme', baseUrl: `${server.url}/` });
  });

  afterAll(() => server.close());

  it('returns the number of segments', async () => {
    server.answer(messageBirdWire.success('message-1'));

    expect(await backend.sendSms(TO, TEXT)).toEqual({
      backend: 'MessageBirdBackend',
      messageId: 'message-1',
      segments: 2,
    });
    expect(server.last.path).toBe('/messages');
  });

  it('sets any validity period, and none for a message without a code', async () => {
    server.answer(messageBirdWire.success('message-1'));

    await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + 86_400_900) }));
    expect(JSON.parse(server.last.body)).toMatchObject({ validity: 86_400 });

    await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(0) }));
    expect(JSON.parse(server.last.body)).toMatchObject({ validity: 1 });

    await backend.sendSms(TO, TEXT);
    expect(JSON.parse(server.last.body)).not.toHaveProperty('validity');
  });

  it('sends to many numbers, fifty in each request, and matches the results', async () => {
    const before = server.requests.length;
    server.answer(({ body }) => {
      const { recipients }: { recipients: string[] } = JSON.parse(body);
      return messageBirdAnswer(
        `for ${recipients.length}`,
        recipients.map((number) => [`+${number}`, `+${number}` === numbers[1] ? 'delivery_failed' : 'sent']),
      );
    });

    const results = await backend.sendBulkSms([...numbers, numbers[0]!], TEXT);

    expect(results.map(({ number }) => number)).toEqual([...numbers, numbers[0]]);
    expect(results[0]?.receipt).toMatchObject({ messageId: 'for 50' });
    expect(results[1]?.error).toMatchObject({ kind: 'rejected', message: 'unknown subscriber' });
    expect(results[50]?.receipt).toMatchObject({ messageId: 'for 1' });
    expect(results[51]?.receipt).toEqual(results[0]?.receipt);
    expect(server.requests).toHaveLength(before + 2);
  });

  it.each([
    [
      [
        [9, 'recipients'],
        [25, null],
      ],
      'misconfigured',
      '25',
    ],
    [
      [
        [9, 'originator'],
        [2, 'access_key'],
      ],
      'misconfigured',
      '2',
    ],
    [
      [
        [9, 'recipient'],
        [9, 'originator'],
      ],
      'misconfigured',
      '9',
    ],
    [
      [
        [10, 'recipient'],
        [21, null],
      ],
      'rejected',
      '10',
    ],
    [
      [
        [10, 'validity'],
        [9, 'recipient'],
      ],
      'unreachable',
      '10',
    ],
  ] as const)('reads every error of %j, and is %s because of %s', async (errors, kind, providerCode) => {
    server.answer({
      status: 422,
      body: { errors: errors.map(([code, parameter]) => ({ code, parameter, description: 'Refused' })) },
    });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, providerCode });
  });

  it.each([undefined, '31612345678', 'not-a-number'])(
    'takes the only result for an only number, with the recipient %s',
    async (recipient) => {
      const items = [{ recipient, status: 'sent', messagePartCount: 1 }];
      server.answer({ status: 201, body: { id: 'message-1', recipients: { items } } });

      expect(await backend.sendSms(TO, TEXT)).toMatchObject({ messageId: 'message-1' });
      expect(await backend.sendBulkSms([TO], TEXT)).toMatchObject([{ receipt: { messageId: 'message-1' } }]);
    },
  );

  it('returns the error for each number when a whole request failed', async () => {
    server.answer({
      status: 401,
      body: { errors: [{ code: 2, description: 'Request not allowed', parameter: null }] },
    });

    const results = await backend.sendBulkSms(numbers, TEXT);

    expect(results).toHaveLength(51);
    for (const { error } of results) expect(error).toMatchObject({ kind: 'misconfigured', providerCode: '2' });
  });

  it('counts a recipient without a known status, or missing in the response, as unknown', async () => {
    server.answer(messageBirdAnswer('message-1', [[numbers[0]!, 'paused']]));

    const results = await backend.sendBulkSms(numbers.slice(0, 2), TEXT);

    expect(results.map(({ error }) => error?.kind)).toEqual(['unknown', 'unknown']);
  });

  it.each([
    [{}, ['options.accessKey: is required', 'options.originator: is required']],
    [{ accessKey: ['hidden'], originator: 'a' }, ['options.accessKey: must be a text that is not empty']],
    [
      { accessKey: 'bk_eu1_hidden', originator: 'a' },
      [
        'options.accessKey: is a key of Bird (bk_…), which the classic API does not accept; ' +
          'use BirdBackend of nestjs-phone-verify/bird',
      ],
    ],
    [{ accessKey: 'k', originator: 'a', from: 'x' }, [expect.stringContaining('options.from: is not an option')]],
    [
      { accessKey: 'k', originator: 'a', baseUrl: 'ftp://x' },
      ['options.baseUrl: must be an address that begins with https:// or http://'],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new MessageBirdBackend(options as never))).toEqual(faults);
  });
});
