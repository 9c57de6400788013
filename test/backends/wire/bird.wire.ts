import { expect } from 'vitest';
import { BirdBackend } from '../../../lib/backends/bird/index.js';
import { type ProviderWire, SEND_ID, TEXT, TO } from '../../support/provider-faults.js';
import type { WireAnswer } from '../../support/wire-server.js';
import { BIRD_REQUEST } from './published-requests.js';

const API_KEY = 'bk_eu1_Ab3xKq9mP2wR5tY8uI1oL4nJ7hG6fD';

/** The response of a message that Bird has. */
export function birdAnswer(id: string, fields: object = {}): WireAnswer {
  return {
    status: 202,
    body: { id, direction: 'outbound', status: 'accepted', segments: { count: 1, encoding: 'UCS2' }, ...fields },
  };
}

/** The response of a refused request: https://bird.com/docs/api/errors */
export function birdRefusal(status: number, type: string, fields: object = {}): WireAnswer {
  return { status, body: { error: { type, code: 'E00000', request_id: 'req_1', ...fields } } };
}

function refused(status: number, type: string, name = 'SomethingNew') {
  return (message: string): WireAnswer => birdRefusal(status, type, { name, message });
}

function failed(status: string, code?: string) {
  return (description: string): WireAnswer =>
    birdAnswer('message-1', { status, ...(code !== undefined && { last_error: { code, description } }) });
}

/** https://bird.com/docs/api/reference/create-sms-message */
export const birdWire: ProviderWire = {
  name: 'BirdBackend',
  create: (options) => new BirdBackend({ apiKey: API_KEY, from: 'Acme', ...options }),
  schema: BIRD_REQUEST,
  credentials: [API_KEY],
  success: (id) => birdAnswer(id),
  refusals: [
    {
      when: 'a number without a route',
      answer: refused(422, 'validation_error', 'SMSInvalidRecipient'),
      kind: 'unreachable',
      providerCode: 'SMSInvalidRecipient',
    },
    {
      when: 'a sender of somebody else',
      answer: refused(422, 'validation_error', 'SMSSenderNotConfigured'),
      kind: 'misconfigured',
      providerCode: 'SMSSenderNotConfigured',
    },
    { when: 'a wrong key', answer: refused(401, 'auth_error'), kind: 'misconfigured', providerCode: 'auth_error' },
    { when: 'no balance', answer: refused(402, 'billing_error'), kind: 'misconfigured', providerCode: 'billing_error' },
    {
      when: 'a key of another region',
      answer: refused(421, 'misdirected_error'),
      kind: 'misconfigured',
      providerCode: 'misdirected_error',
    },
    {
      when: 'too many requests',
      answer: refused(429, 'rate_limit_error'),
      kind: 'throttled',
      providerCode: 'rate_limit_error',
    },
    { when: 'trouble', answer: refused(500, 'internal_error'), kind: 'unknown', providerCode: 'internal_error' },
    {
      when: 'a type that is not known',
      answer: refused(418, 'new_error'),
      kind: 'unreachable',
      providerCode: 'new_error',
    },
    {
      when: 'a number that opted out',
      answer: failed('rejected', 'recipient_opted_out'),
      kind: 'rejected',
      providerCode: 'recipient_opted_out',
    },
    {
      when: 'a message that failed with a code that is not known',
      answer: failed('failed', 'something_new'),
      kind: 'unreachable',
      providerCode: 'something_new',
    },
    {
      when: 'a message that failed without a code',
      answer: failed('rejected'),
      kind: 'unreachable',
      providerCode: 'rejected',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/v1/sms/messages']);
    expect(headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': SEND_ID,
      'user-agent': expect.stringMatching(/./),
    });
    expect(JSON.parse(body)).toEqual({
      to: TO,
      from: 'Acme',
      text: TEXT,
      category: 'authentication',
      metadata: { sendId: SEND_ID },
    });
  },
};
