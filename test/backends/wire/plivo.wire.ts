import { expect } from 'vitest';
import { PlivoBackend } from '../../../lib/backends/plivo/index.js';
import { type ProviderWire, TEXT, TO } from '../../support/provider-faults.js';
import { PLIVO_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const AUTH_ID = 'MAXXXXXXXXXXXXXXXXXX';
const AUTH_TOKEN = 'auth-token-of-the-account';

function refused(status: number, words: string) {
  return (text: string): WireAnswer => ({
    status,
    body: { api_id: 'cd1fb4a8-0000-11ee-8d6b-0242ac110004', error: `${words}: ${text}` },
  });
}

/** Answers a message with the ids of those that are taken and the numbers that are not. */
export function plivoAnswer(ids: readonly string[], invalid: readonly string[] = []): WireAnswer {
  return {
    status: 202,
    body: {
      api_id: 'cd1fb4a8-0000-11ee-8d6b-0242ac110004',
      message: 'message(s) queued',
      message_uuid: ids,
      ...(invalid.length > 0 && { invalid_number: invalid }),
    },
  };
}

/** https://www.plivo.com/docs/messaging/api/message/send-a-message */
export const plivoWire: ProviderWire = {
  name: 'PlivoBackend',
  create: (options) => new PlivoBackend({ authId: AUTH_ID, authToken: AUTH_TOKEN, from: '+15005550006', ...options }),
  schema: PLIVO_REQUEST,
  credentials: [AUTH_ID, AUTH_TOKEN],
  success: (messageId) => plivoAnswer([messageId]),
  refusals: [
    { when: 'an invalid parameter', answer: refused(400, 'invalid dst'), kind: 'rejected', providerCode: '400' },
    { when: 'an invalid sender', answer: refused(400, 'invalid src'), kind: 'misconfigured', providerCode: '400' },
    {
      when: 'the number of the sender',
      answer: refused(400, 'src and destination overlap'),
      kind: 'unreachable',
      providerCode: '400',
    },
    { when: 'a wrong token', answer: refused(401, 'unauthorized'), kind: 'misconfigured', providerCode: '401' },
    { when: 'a country not permitted', answer: refused(403, 'forbidden'), kind: 'unreachable', providerCode: '403' },
    { when: 'an unnamed fault', answer: refused(400, 'not now'), kind: 'unreachable', providerCode: '400' },
    { when: 'no credit', answer: refused(400, 'Insufficient Credit'), kind: 'misconfigured', providerCode: '400' },
    {
      when: 'no credit, by the status too',
      answer: refused(402, 'Insufficient Credit'),
      kind: 'misconfigured',
      providerCode: '402',
    },
    { when: 'an unknown account', answer: refused(404, 'not found'), kind: 'misconfigured', providerCode: '404' },
    { when: 'too many requests', answer: refused(429, 'too many'), kind: 'throttled', providerCode: '429' },
    { when: 'trouble', answer: refused(500, 'server error'), kind: 'unknown', providerCode: '500' },
    {
      when: 'a number in the list of invalid ones',
      answer: () => plivoAnswer([], [TO.slice(1)]),
      kind: 'rejected',
      providerCode: 'invalid_number',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', `/v1/Account/${AUTH_ID}/Message/`]);
    expect(headers).toMatchObject({
      authorization: `Basic ${btoa(`${AUTH_ID}:${AUTH_TOKEN}`)}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(body)).toEqual({ src: '+15005550006', dst: TO.slice(1), text: TEXT, message_expiry: 540 });
  },
};
