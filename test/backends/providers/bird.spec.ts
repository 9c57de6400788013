import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdBackend } from '../../../lib/backends/bird/index.js';
import type { Exchange } from '../../../lib/backends/provider/provider.backend.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { birdAnswer, birdRefusal, birdWire } from '../wire/bird.wire.js';

describeProvider(birdWire);

const NO_KEY =
  'options.apiKey: must be a key of Bird with its region, bk_us1_…; an access key of MessageBird’s classic API belongs ' +
  'to MessageBirdBackend of nestjs-phone-verify/messagebird';

describe('BirdBackend', () => {
  let server: WireServer;
  let backend: BirdBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new BirdBackend({ apiKey: 'bk_us1_key', from: '+15005550006', baseUrl: `${server.url}/` });
  });

  afterAll(() => server.close());

  it.each(['us1', 'eu1'])('sends to the region of the key: %s', async (region) => {
    const urls: string[] = [];
    class Recorded extends BirdBackend {
      override async sendSms(to: string, text: string) {
        const exchange: Exchange = async ({ url }) => {
          urls.push(url);
          return { status: 202, headers: {}, text: JSON.stringify({ id: 'message-1', status: 'accepted' }) };
        };
        return this.deliver({ to, text, exchange });
      }
    }

    await new Recorded({ apiKey: `bk_${region}_key`, from: 'Acme' }).sendSms(TO, TEXT);

    expect(urls).toEqual([`https://${region}.platform.bird.com/v1/sms/messages`]);
  });

  it('returns the number of segments', async () => {
    server.answer(birdAnswer('message-1', { segments: { count: 3, encoding: 'UCS2', characters: 150 } }));

    expect(await backend.sendSms(TO, TEXT)).toEqual({ backend: 'BirdBackend', messageId: 'message-1', segments: 3 });
  });

  it('has an idempotency key of its own for each message without a send id', async () => {
    server.answer(birdAnswer('message-1'));

    await backend.sendSms(TO, TEXT);
    const first = server.last.headers['idempotency-key'];
    await backend.sendSms(TO, TEXT);

    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.last.headers['idempotency-key']).not.toBe(first);
    expect(JSON.parse(server.last.body)).not.toHaveProperty('metadata');
  });

  it('keeps the send id beside the metadata of the application', async () => {
    server.answer(birdAnswer('message-1'));
    const options = { apiKey: 'bk_us1_key', from: 'Acme', baseUrl: server.url, extra: { metadata: { shop: 'a' } } };

    await new BirdBackend(options).sendSms(TO, TEXT, sendContext());

    expect(JSON.parse(server.last.body)).toMatchObject({ metadata: { shop: 'a', sendId: sendContext().sendId } });
  });

  it.each([
    [{ param: 'from' }, 'misconfigured'],
    [{ param: 'to' }, 'rejected'],
    [{ param: 'text' }, 'rejected'],
    [{ param: 'tags' }, 'unreachable'],
    [{ details: [{ param: 'to', message: 'x' }] }, 'rejected'],
    [{ details: [{ param: 'to' }, { param: 'from' }] }, 'misconfigured'],
    [{ param: 'toString' }, 'unreachable'],
  ])('an invalid field %j is %s', async (fields, kind) => {
    server.answer(birdRefusal(422, 'validation_error', { name: 'ValidationError', message: 'Refused.', ...fields }));

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({
      kind,
      message: 'Refused.',
      providerCode: 'validation_error',
    });
  });

  it.each(['undelivered', 'expired', 'canceled', 'something_new'])(
    'is not sent when the status is %s',
    async (status) => {
      server.answer(birdAnswer('message-1', { status }));

      await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'unreachable', providerCode: status });
    },
  );

  it.each([408, 409, 429, 500, 503])('sends one request when the response is %d', async (status) => {
    server.answer({ status, body: {} });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ providerCode: String(status) });
    expect(server.requests).toHaveLength(before + 1);
  });

  it.each([
    [{}, ['options.apiKey: is required', 'options.from: is required']],
    ...['live_hidden-value', 'bk_', 'bk_us1_', 'bk_hidden-value'].map((apiKey): [object, string[]] => [
      { apiKey, from: 'Acme' },
      [NO_KEY],
    ]),
    [{ apiKey: 'bk_us1_key', from: '' }, ['options.from: must be a text that is not empty']],
    [
      { apiKey: 'bk_us1_key', from: 'Acme', originator: 'x' },
      [expect.stringContaining('options.originator: is not an option')],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new BirdBackend(options as never))).toEqual(faults);
  });
});
