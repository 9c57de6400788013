import { expect } from 'vitest';
import { VonageBackend } from '../../../lib/backends/vonage/index.js';
import { type ProviderWire, SEND_ID, TEXT, TO } from '../../support/provider-faults.js';
import { VONAGE_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const KEY = 'abcd1234';
const SECRET = 'secret-of-the-account';

function refused(status: string) {
  return (text: string): WireAnswer => ({
    status: 200,
    body: { 'message-count': '1', messages: [{ status, 'error-text': text }] },
  });
}

function taken(messageId: string): object {
  return { to: TO.slice(1), 'message-id': messageId, status: '0', 'remaining-balance': '3.14', network: '310090' };
}

/** https://developer.vonage.com/en/api/sms */
export const vonageWire: ProviderWire = {
  name: 'VonageBackend',
  create: (options) => new VonageBackend({ key: KEY, secret: SECRET, from: 'Acme', ...options }),
  schema: VONAGE_REQUEST,
  credentials: [KEY, SECRET],
  success: (messageId) => ({ status: 200, body: { 'message-count': '1', messages: [taken(messageId)] } }),
  refusals: [
    { when: 'too many messages', answer: refused('1'), kind: 'throttled', providerCode: '1' },
    { when: 'an unrecognized prefix', answer: refused('6'), kind: 'unreachable', providerCode: '6' },
    { when: 'an invalid parameter', answer: refused('3'), kind: 'unreachable', providerCode: '3' },
    { when: 'a wrong secret', answer: refused('4'), kind: 'misconfigured', providerCode: '4' },
    { when: 'trouble', answer: refused('5'), kind: 'unknown', providerCode: '5' },
    { when: 'a barred number', answer: refused('7'), kind: 'rejected', providerCode: '7' },
    { when: 'no credit', answer: refused('9'), kind: 'misconfigured', providerCode: '9' },
    { when: 'a sender that is not permitted', answer: refused('15'), kind: 'unreachable', providerCode: '15' },
    { when: 'an account in demo mode', answer: refused('29'), kind: 'unreachable', providerCode: '29' },
    { when: 'a deactivated number', answer: refused('33'), kind: 'rejected', providerCode: '33' },
    { when: 'a code that is not known', answer: refused('99'), kind: 'unreachable', providerCode: '99' },
    {
      when: 'a message of which one part was taken',
      answer: (text) => ({
        status: 200,
        body: { 'message-count': '2', messages: [taken('message-1'), { status: '7', 'error-text': text }] },
      }),
      kind: 'unknown',
      providerCode: '7',
    },
    {
      when: 'a problem of the API in front',
      answer: (detail) => ({ status: 401, body: { type: 'about:blank', title: 'Unauthorized', detail } }),
      kind: 'misconfigured',
      providerCode: '401',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/sms/json']);
    expect(headers).toMatchObject({
      authorization: `Basic ${btoa(`${KEY}:${SECRET}`)}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(body)).toEqual({
      to: TO.slice(1),
      from: 'Acme',
      text: TEXT,
      type: 'unicode',
      'client-ref': SEND_ID,
    });
  },
};
