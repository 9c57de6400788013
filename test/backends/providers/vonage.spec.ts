import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NexmoBackend, VonageBackend } from '../../../lib/backends/vonage/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { vonageWire } from '../wire/vonage.wire.js';

describeProvider(vonageWire);

describe('VonageBackend', () => {
  let server: WireServer;
  let backend: VonageBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new VonageBackend({ key: 'k', secret: 's', from: '+15005550006', baseUrl: `${server.url}/` });
  });

  afterAll(() => server.close());

  it('is also exported as NexmoBackend', () => {
    expect(NexmoBackend).toBe(VonageBackend);
  });

  it.each([
    ['A-z 0_9 @£$¥ èéùìòÇ ΔΦΓΛΩ {[€]} \\ ^~|\n', undefined],
    ['Código 4815', 'unicode'],
    ['`', 'unicode'],
    ['👍', 'unicode'],
  ])('sends %j as type %s, with bare numbers', async (text, type) => {
    server.answer(vonageWire.success('message-1'));

    await backend.sendSms(TO, text);

    const expected = { to: TO.slice(1), from: '15005550006', text, ...(type !== undefined && { type }) };
    expect(JSON.parse(server.last.body)).toEqual(expected);
  });

  it.each([
    [1, undefined],
    [1799, undefined],
    [1800, 1_800_000],
    [1_000_000, 604_800_000],
  ])('a code that expires in %d s has a validity period of %s ms', async (seconds, ttl) => {
    server.answer(vonageWire.success('message-1'));

    await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + seconds * 1000 + 900) }));

    expect(JSON.parse(server.last.body).ttl).toBe(ttl);
  });

  it('returns the number of segments and the first id', async () => {
    const messages = ['first', 'second'].map((id) => ({ status: '0', 'message-id': id }));
    server.answer({ status: 200, body: { 'message-count': '2', messages } });

    expect(await backend.sendSms(TO, TEXT)).toEqual({
      backend: 'VonageBackend',
      messageId: 'first',
      segments: 2,
    });
  });

  it.each([
    ['3', 'Invalid value for parameter: from', 'misconfigured'],
    ['2', 'Missing from param', 'misconfigured'],
    ['3', 'Invalid value for parameter: to', 'rejected'],
    ['2', 'Missing to param', 'rejected'],
    ['3', 'Invalid value for parameter: text', 'unreachable'],
    ['3', 'from and to are the same', 'unreachable'],
  ])('status %s with %j is %s', async (status, text, kind) => {
    server.answer({ status: 200, body: { 'message-count': '1', messages: [{ status, 'error-text': text }] } });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, message: text, providerCode: status });
  });

  it.each([
    [{}, ['options.key: is required', 'options.secret: is required', 'options.from: is required']],
    [{ key: 'k', secret: ['hidden-value'], from: 'a' }, ['options.secret: must be a text that is not empty']],
    [{ key: 'k', secret: 's', from: 'a', sender: 'x' }, [expect.stringContaining('options.sender: is not an option')]],
    [
      { key: 'k', secret: 's', from: 'a', baseUrl: 'ftp://x' },
      ['options.baseUrl: must be an address that begins with https:// or http://'],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new VonageBackend(options as never))).toEqual(faults);
  });
});
