import { expect } from 'vitest';
import { TwilioBackend } from '../../../lib/backends/twilio/index.js';
import { type ProviderWire, TEXT, TO } from '../../support/provider-faults.js';
import { TWILIO_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const SID = 'AC00000000000000000000000000000001';
const SECRET = 'auth-token-of-the-account';

function refused(status: number, code: number) {
  return (message: string): WireAnswer => ({
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  });
}

/** https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
export const twilioWire: ProviderWire = {
  name: 'TwilioBackend',
  create: (options) => new TwilioBackend({ sid: SID, secret: SECRET, from: '+15005550006', ...options }),
  schema: TWILIO_REQUEST,
  credentials: [SID, SECRET],
  success: (messageId) => ({
    status: 201,
    body: { sid: messageId, status: 'queued', num_segments: '1', error_code: null, error_message: null, to: TO },
  }),
  refusals: [
    { when: 'an invalid number', answer: refused(400, 21211), kind: 'rejected', providerCode: '21211' },
    { when: 'a number that opted out', answer: refused(400, 21610), kind: 'rejected', providerCode: '21610' },
    { when: 'a region that is not permitted', answer: refused(400, 21408), kind: 'unreachable', providerCode: '21408' },
    { when: 'a sender of somebody else', answer: refused(400, 21659), kind: 'misconfigured', providerCode: '21659' },
    { when: 'a wrong token', answer: refused(401, 20003), kind: 'misconfigured', providerCode: '20003' },
    { when: 'too many requests', answer: refused(429, 20429), kind: 'throttled', providerCode: '20429' },
    { when: 'a full queue', answer: refused(400, 21611), kind: 'throttled', providerCode: '21611' },
    { when: 'a code that is not known', answer: refused(400, 29999), kind: 'unreachable', providerCode: '29999' },
    { when: 'trouble', answer: refused(500, 20500), kind: 'unknown', providerCode: '20500' },
    {
      when: 'a message that failed at once',
      answer: (error_message) => ({
        status: 201,
        body: { sid: 'SM1', status: 'failed', error_code: 30022, error_message },
      }),
      kind: 'throttled',
      providerCode: '30022',
    },
    {
      when: 'a message that failed at once with a code that is not known',
      answer: (error_message) => ({
        status: 201,
        body: { sid: 'SM1', status: 'undelivered', error_code: 39999, error_message },
      }),
      kind: 'unreachable',
      providerCode: '39999',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', `/2010-04-01/Accounts/${SID}/Messages.json`]);
    expect(headers).toMatchObject({
      authorization: `Basic ${btoa(`${SID}:${SECRET}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      To: TO,
      Body: TEXT,
      From: '+15005550006',
      ValidityPeriod: '540',
    });
  },
};
