import { describe, expect, it } from 'vitest';
import { TwilioBackend } from '../../../lib/backends/twilio/index.js';
import { faultsOf } from '../../support/configuration-faults.js';
import { describeProvider, sendContext, TEXT, TO } from '../../support/provider-faults.js';
import { WireServer } from '../../support/wire-server.js';
import { twilioWire } from '../wire/twilio.wire.js';

describeProvider(twilioWire);

describe('TwilioBackend', () => {
  it('sends through a messaging service, with the longest validity period of Twilio', async () => {
    const server = await WireServer.start();
    server.answer(twilioWire.success('message-1'));
    const options = { sid: 'AC1', secret: 'secret', messagingServiceSid: 'MG1', baseUrl: `${server.url}/` };

    await new TwilioBackend(options).sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + 86_400_000) }));

    const fields = Object.fromEntries(new URLSearchParams(server.last.body));
    expect(fields).toEqual({ To: TO, Body: TEXT, MessagingServiceSid: 'MG1', ValidityPeriod: '36000' });
    await server.close();
  });

  it('sends with an API key next to the SID of the account', async () => {
    const server = await WireServer.start();
    server.answer(twilioWire.success('message-1'));
    const options = { sid: 'AC1', apiKey: 'SK00000001', apiKeySecret: 'key-secret', from: 'Acme', baseUrl: server.url };

    await new TwilioBackend(options).sendSms(TO, TEXT);

    expect(server.last.path).toBe('/2010-04-01/Accounts/AC1/Messages.json');
    expect(server.last.headers['authorization']).toBe(`Basic ${btoa('SK00000001:key-secret')}`);
    server.answer({ status: 401, body: { code: 20003, message: 'SK00000001 with key-secret' } });
    await expect(new TwilioBackend(options).sendSms(TO, TEXT)).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.not.stringMatching(/SK0|key-secret/),
    });
    await server.close();
  });

  it('sends from a sender of a messaging service', async () => {
    const server = await WireServer.start();
    server.answer(twilioWire.success('message-1'));
    const options = { sid: 'AC1', secret: 's', from: 'Acme', messagingServiceSid: 'MG1', baseUrl: server.url };

    await new TwilioBackend(options).sendSms(TO, TEXT);

    const fields = Object.fromEntries(new URLSearchParams(server.last.body));
    expect(fields).toEqual({ To: TO, Body: TEXT, From: 'Acme', MessagingServiceSid: 'MG1' });
    await server.close();
  });

  it('returns the number of segments', async () => {
    const server = await WireServer.start();
    server.answer({ status: 201, body: { sid: 'SM1', status: 'queued', num_segments: '2' } });

    const receipt = await new TwilioBackend({ sid: 'AC1', secret: 's', from: 'Acme', baseUrl: server.url }).sendSms(
      TO,
      'x',
    );

    expect(receipt).toEqual({ backend: 'TwilioBackend', messageId: 'SM1', segments: 2 });
    await server.close();
  });

  it.each([
    [
      {},
      [
        'options.sid: is required',
        'options.secret: give either secret or apiKey',
        'options.from: give from, messagingServiceSid or both',
      ],
    ],
    [{ sid: 'AC1', secret: 's' }, ['options.from: give from, messagingServiceSid or both']],
    [
      { sid: 'AC1', secret: 's', apiKey: 'SK1', apiKeySecret: 'x', from: 'a' },
      ['options.secret: give either secret or apiKey'],
    ],
    [{ sid: 'AC1', apiKey: 'SK1', from: 'a' }, ['options.apiKeySecret: is required']],
    [
      { sid: 'AC1', apiKey: 'AC1', apiKeySecret: 'hidden-value', from: 'a' },
      ['options.apiKey: must be the SID of an API key, which begins with SK'],
    ],
    [
      { sid: 'AC1', secret: 's', apiKeySecret: 'x', from: 'a' },
      ['options.apiKeySecret: is for an apiKey; give that too'],
    ],
    [{ sid: 'AC1', secret: ['hidden-value'], from: 'a' }, ['options.secret: must be a text that is not empty']],
    [
      { sid: 'AC1', secret: 's', from: 'a', sender: 'x' },
      [expect.stringContaining('options.sender: is not an option')],
    ],
    [
      { sid: 'AC1', secret: 's', from: 'a', baseUrl: 'ftp://x' },
      ['options.baseUrl: must be an address that begins with https:// or http://'],
    ],
    [
      { sid: 'AC1', secret: 's', from: 'a', timeoutMs: 0 },
      ['options.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    ],
    [
      { sid: 'AC1', secret: 's', from: 'whatsapp:+14155238886' },
      [
        'options.from: is a sender of WhatsApp, and TwilioBackend sends SMS; give an SMS sender, or use a backend for WhatsApp',
      ],
    ],
  ])('does not start with %j', (options, faults) => {
    expect(faultsOf(() => new TwilioBackend(options as never))).toEqual(faults);
  });
});
