import { expect } from 'vitest';
import { TelnyxBackend } from '../../../lib/backends/telnyx/index.js';
import { type ProviderWire, TEXT, TO } from '../../support/provider-faults.js';
import { TELNYX_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const API_KEY = 'KEY0180C1DF633BD05E79DB3308230C3C92';

function refused(status: number, code: string) {
  return (detail: string): WireAnswer => ({ status, body: { errors: [{ code, title: 'Refused', detail }] } });
}

/** https://developers.telnyx.com/api-reference/messages/send-a-message */
export const telnyxWire: ProviderWire = {
  name: 'TelnyxBackend',
  create: (options) => new TelnyxBackend({ apiKey: API_KEY, from: '+15005550006', ...options }),
  schema: TELNYX_REQUEST,
  credentials: [API_KEY],
  success: (id) => ({
    status: 200,
    body: {
      data: { id, record_type: 'message', direction: 'outbound', parts: 1, errors: [], to: [{ status: 'queued' }] },
    },
  }),
  refusals: [
    { when: 'a number that opted out', answer: refused(403, '40300'), kind: 'rejected', providerCode: '40300' },
    { when: 'an invalid number', answer: refused(400, '40310'), kind: 'rejected', providerCode: '40310' },
    { when: 'a number that is no number', answer: refused(422, '10002'), kind: 'rejected', providerCode: '10002' },
    {
      when: 'a region that is not permitted',
      answer: refused(400, '40309'),
      kind: 'unreachable',
      providerCode: '40309',
    },
    { when: 'an invalid sender', answer: refused(400, '40305'), kind: 'misconfigured', providerCode: '40305' },
    { when: 'a disabled profile', answer: refused(403, '40312'), kind: 'misconfigured', providerCode: '40312' },
    { when: 'a wrong key', answer: refused(401, '10009'), kind: 'misconfigured', providerCode: '10009' },
    { when: 'no funds', answer: refused(402, '20100'), kind: 'misconfigured', providerCode: '20100' },
    { when: 'too many requests', answer: refused(429, '10011'), kind: 'throttled', providerCode: '10011' },
    { when: 'a full queue', answer: refused(400, '40318'), kind: 'throttled', providerCode: '40318' },
    { when: 'trouble', answer: refused(500, '10007'), kind: 'unknown', providerCode: '10007' },
    { when: 'a time-out of theirs', answer: refused(408, '10008'), kind: 'unknown', providerCode: '10008' },
    { when: 'a code that is not known', answer: refused(422, '49999'), kind: 'unreachable', providerCode: '49999' },
    {
      when: 'a message that failed at once',
      answer: (detail) => ({
        status: 200,
        body: {
          data: { id: 'm', to: [{ status: 'sending_failed' }], errors: [{ code: '40001', title: 'x', detail }] },
        },
      }),
      kind: 'unreachable',
      providerCode: '40001',
    },
    {
      when: 'a message that failed at once with a code that is not known',
      answer: (detail) => ({
        status: 200,
        body: { data: { id: 'm', to: [{ status: 'delivery_failed' }], errors: [{ code: '49999', detail }] } },
      }),
      kind: 'unreachable',
      providerCode: '49999',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/v2/messages']);
    expect(headers).toMatchObject({ authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual({ to: TO, from: '+15005550006', text: TEXT });
  },
};
