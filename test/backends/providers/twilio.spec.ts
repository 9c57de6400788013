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
        'options.secret: is required',
        'options.from: give either from or messagingServiceSid',
      ],
    ],
    [{ sid: 'AC1', secret: 's' }, ['options.from: give either from or messagingServiceSid']],
    [
      { sid: 'AC1', secret: 's', from: 'a', messagingServiceSid: 'MG1' },
      ['options.from: give either from or messagingServiceSid'],
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
