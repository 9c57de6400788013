import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TelnyxBackend } from '../../../lib/backends/telnyx/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { telnyxWire } from '../wire/telnyx.wire.js';

describeProvider(telnyxWire);

describe('TelnyxBackend', () => {
  let server: WireServer;
  let backend: TelnyxBackend;

  beforeAll(async () => {
    server = await WireServer.start();
    backend = new TelnyxBackend({ apiKey: 'KEY1', messagingProfileId: 'profile-1', baseUrl: `${server.url}/` });
  });

  afterEach(() => vi.unstubAllEnvs());

  afterAll(() => server.close());

  it('sends through a messaging profile', async () => {
    server.answer(telnyxWire.success('message-1'));

    await backend.sendSms(TO, TEXT);

    expect(server.last.path).toBe('/v2/messages');
    expect(JSON.parse(server.last.body)).toEqual({ to: TO, text: TEXT, messaging_profile_id: 'profile-1' });
  });

  it('sends from an alphanumeric sender with its messaging profile', async () => {
    server.answer(telnyxWire.success('message-1'));
    const options = { apiKey: 'KEY1', from: 'Acme', messagingProfileId: 'profile-1', baseUrl: server.url };

    await new TelnyxBackend(options).sendSms(TO, TEXT);

    expect(JSON.parse(server.last.body)).toEqual({
      to: TO,
      text: TEXT,
      from: 'Acme',
      messaging_profile_id: 'profile-1',
    });
  });

  it('returns the number of segments', async () => {
    server.answer({ status: 200, body: { data: { id: 'message-1', parts: 2 } } });

    expect(await backend.sendSms(TO, TEXT)).toEqual({ backend: 'TelnyxBackend', messageId: 'message-1', segments: 2 });
  });

  it('uses nothing of the environment', async () => {
    vi.stubEnv('TELNYX_CLIENT_ID', 'other');
    vi.stubEnv('TELNYX_CLIENT_SECRET', 'other');
    vi.stubEnv('TELNYX_BASE_URL', 'http://127.0.0.1:1');
    vi.stubEnv('TELNYX_LOG', 'debug');
    const log = vi.spyOn(console, 'debug');
    const before = server.requests.length;
    server.answer(telnyxWire.success('message-1'));

    await backend.sendSms(TO, TEXT);

    expect(server.requests).toHaveLength(before + 1);
    expect(server.last.headers).toMatchObject({ authorization: 'Bearer KEY1' });
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it.each([
    ['10016', '/from', 'misconfigured'],
    ['10016', '/to', 'rejected'],
    ['10015', '/messaging_profile_id', 'misconfigured'],
  ])('code %s of %s is %s', async (code, pointer, kind) => {
    const error = { code, title: 'A title', source: { pointer } };
    server.answer({ status: 422, body: { errors: [error] } });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind, message: 'A title', providerCode: code });
  });

  it.each([408, 409, 429, 500, 503])('sends one request when the response is %d', async (status) => {
    server.answer({ status, body: {} });
    const before = server.requests.length;

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ providerCode: String(status) });
    expect(server.requests).toHaveLength(before + 1);
  });

  it('keeps the kind of a failure that looks like a timeout', async () => {
    server.answer({ status: 400, body: { errors: [{ code: '40318', title: 'x', detail: 'Queue timed out' }] } });

    await expect(backend.sendSms(TO, TEXT)).rejects.toMatchObject({ kind: 'throttled', providerCode: '40318' });
  });

  it.each([
    [{}, ['options.apiKey: is required', 'options.from: give from, messagingProfileId or both']],
    [{ apiKey: 'k' }, ['options.from: give from, messagingProfileId or both']],
    [{ apiKey: 'k', from: 'Acme' }, ['options.messagingProfileId: is required with an alphanumeric sender in from']],
    [{ apiKey: ['hidden-value'], from: '+15005550006' }, ['options.apiKey: must be a text that is not empty']],
    [{ apiKey: 'k', from: '+15005550006', sender: 'x' }, [expect.stringContaining('options.sender: is not an option')]],
    [
      { apiKey: 'k', from: '+15005550006', timeoutMs: 0 },
      ['options.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new TelnyxBackend(options as never))).toEqual(faults);
  });
});
