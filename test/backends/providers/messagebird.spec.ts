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
    [{ accessKey: 'k', originator: 'a', from: 'x' }, [expect.stringContaining('options.from: is not an option')]],
    [
      { accessKey: 'k', originator: 'a', baseUrl: 'ftp://x' },
      ['options.baseUrl: must be an address that begins with https:// or http://'],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new MessageBirdBackend(options as never))).toEqual(faults);
  });
});
