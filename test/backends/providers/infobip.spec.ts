import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfobipBackend } from '../../../lib/backends/infobip/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { infobipAnswer, infobipWire, PENDING, rejectedWith } from '../wire/infobip.wire.js';

describeProvider(infobipWire);

describe('InfobipBackend', () => {
  const numbers = Array.from({ length: 101 }, (_, index) => `+31612345${index + 100}`);
  let server: WireServer;
  let backend: InfobipBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new InfobipBackend({ apiKey: 'key', from: 'Acme', baseUrl: `${server.url}/` });
  });

  afterAll(() => server.close());

  it('sets a validity period of 48 hours at most, and none for a message without a code', async () => {
    server.answer(infobipWire.success('message-1'));

    await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + 864_000_000) }));
    expect(JSON.parse(server.last.body)).toMatchObject({
      messages: [{ options: { validityPeriod: { amount: 172_800, timeUnit: 'SECONDS' } } }],
    });

    await backend.sendSms(TO, TEXT);
    expect(JSON.parse(server.last.body)).not.toHaveProperty('messages.0.options');
    expect(server.last.path).toBe('/sms/3/messages');
  });

  it('sends to many numbers, a hundred in each request, and matches the results in any order', async () => {
    const before = server.requests.length;
    server.answer(({ body }) => {
      const { messages }: { messages: { destinations: { to: string }[] }[] } = JSON.parse(body);
      return infobipAnswer(
        messages[0]!.destinations.toReversed().map(({ to }) => {
          const status = `+${to}` === numbers[1] ? rejectedWith(52, 'REJECTED_DESTINATION') : PENDING;
          return [`+${to}`, `id of +${to}`, status];
        }),
      );
    });

    const results = await backend.sendBulkSms([...numbers, numbers[0]!], TEXT);

    expect(results.map(({ number }) => number)).toEqual([...numbers, numbers[0]]);
    expect(results[1]?.error).toMatchObject({ kind: 'rejected', providerCode: '52' });
    const others = results.filter(({ number }) => number !== numbers[1]);
    expect(others.map(({ receipt }) => receipt)).toEqual(
      others.map(({ number }) => ({ backend: 'InfobipBackend', messageId: `id of ${number}` })),
    );
    expect(server.requests).toHaveLength(before + 2);
  });

  it.each([
    [[{ property: 'messages[0].sender', violation: 'must not be empty' }], 'misconfigured'],
    [[{ property: 'messages[0].destinations[0].to', violation: 'must be a number' }], 'rejected'],
    [
      [
        { property: 'messages[0].destinations[0].to', violation: 'must be a number' },
        { property: 'messages[0].sender', violation: 'must not be empty' },
      ],
      'misconfigured',
    ],
    [[{ property: 'messages[0].options.validityPeriod', violation: 'too long' }], 'unreachable'],
    [[], 'unreachable'],
  ])('the violations %j are %s', async (violations, kind) => {
    server.answer({ status: 400, body: { errorCode: 'E400', description: 'Check it.', violations } });
    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, providerCode: 'E400' });

    const validationErrors = Object.fromEntries(violations.map(({ property, violation }) => [property, [violation]]));
    const serviceException = { messageId: 'BAD_REQUEST', text: 'Bad request', validationErrors };
    server.answer({ status: 400, body: { requestError: { serviceException } } });
    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, providerCode: 'BAD_REQUEST' });
  });

  it.each([undefined, '0612345678', 'not-a-number'])(
    'takes the only result for an only number, with the destination %s',
    async (destination) => {
      server.answer({ status: 200, body: { messages: [{ destination, messageId: 'message-1', status: PENDING }] } });

      expect(await backend.sendSms(TO, TEXT)).toMatchObject({ messageId: 'message-1' });
      expect(await backend.sendBulkSms([TO], TEXT)).toMatchObject([{ receipt: { messageId: 'message-1' } }]);
    },
  );

  it.each([
    [{ details: { messageCount: 2 } }, 2],
    [{ messageCount: 3 }, 3],
    [{}, undefined],
  ])('reads the segments in %j', async (fields, segments) => {
    const message = { destination: TO.slice(1), messageId: 'message-1', status: PENDING, ...fields };
    server.answer({ status: 200, body: { messages: [message] } });

    expect(await backend.sendSms(TO, TEXT)).toEqual({ backend: 'InfobipBackend', messageId: 'message-1', segments });
  });

  it('returns the error for each number when a whole request failed', async () => {
    server.answer({ status: 429, headers: { 'retry-after': '9' }, body: {} });

    const results = await backend.sendBulkSms(numbers, TEXT);

    expect(results).toHaveLength(101);
    for (const { error } of results) expect(error).toMatchObject({ kind: 'throttled', retryAfterSeconds: 9 });
  });

  it('counts a status without a known group, a message without an id and a missing number as unknown', async () => {
    server.answer({
      status: 200,
      body: {
        messages: [
          { destination: numbers[0]!.slice(1), messageId: 'id', status: { groupName: 'NEW', id: 1 } },
          { destination: numbers[1]!.slice(1), status: PENDING },
        ],
      },
    });

    const results = await backend.sendBulkSms(numbers.slice(0, 3), TEXT);

    expect(results.map(({ error }) => error?.kind)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it.each([
    [{}, ['options.baseUrl: is required', 'options.apiKey: is required', 'options.from: is required']],
    [
      { baseUrl: 'xyz.api.infobip.com', apiKey: 'k', from: 'a' },
      ['options.baseUrl: must be an address that begins with https:// or http://'],
    ],
    [
      { baseUrl: 'https://x.test', apiKey: ['hidden'], from: 'a' },
      ['options.apiKey: must be a text that is not empty'],
    ],
    [
      { baseUrl: 'https://x.test', apiKey: 'k', from: 'a', sender: 'x' },
      [expect.stringContaining('options.sender: is not an option')],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new InfobipBackend(options as never))).toEqual(faults);
  });
});
