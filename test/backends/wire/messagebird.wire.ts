import { expect } from 'vitest';
import { MessageBirdBackend } from '../../../lib/backends/messagebird/index.js';
import { type ProviderWire, SEND_ID, TEXT, TO } from '../../support/provider-faults.js';
import { MESSAGEBIRD_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const ACCESS_KEY = 'access-key-of-the-account';

function refused(status: number, code: number, parameter: string | null) {
  return (description: string): WireAnswer => ({ status, body: { errors: [{ code, description, parameter }] } });
}

/** Answers a message for these numbers, each with its status. */
export function messageBirdAnswer(
  id: string,
  statuses: readonly (readonly [string, string])[],
  reason?: string,
  code = 1,
) {
  const items = statuses.map(([number, status]) => ({
    recipient: Number(number.slice(1)),
    status,
    statusDatetime: '2026-01-01T00:00:00+00:00',
    ...(status === 'delivery_failed' && { statusReason: reason ?? 'unknown subscriber', statusErrorCode: code }),
    messagePartCount: 2,
  }));
  return { status: 201, body: { id, direction: 'mt', recipients: { totalCount: items.length, items } } };
}

/** https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms */
export const messageBirdWire: ProviderWire = {
  name: 'MessageBirdBackend',
  create: (options) => new MessageBirdBackend({ accessKey: ACCESS_KEY, originator: 'Acme', ...options }),
  schema: MESSAGEBIRD_REQUEST,
  credentials: [ACCESS_KEY],
  success: (messageId) => messageBirdAnswer(messageId, [[TO, 'sent']]),
  refusals: [
    { when: 'a wrong key', answer: refused(401, 2, 'access_key'), kind: 'misconfigured', providerCode: '2' },
    { when: 'no correct number', answer: refused(422, 9, 'recipient'), kind: 'rejected', providerCode: '9' },
    { when: 'an invalid number', answer: refused(422, 10, 'recipients'), kind: 'rejected', providerCode: '10' },
    { when: 'no sender', answer: refused(422, 9, 'originator'), kind: 'misconfigured', providerCode: '9' },
    { when: 'an invalid sender', answer: refused(422, 10, 'originator'), kind: 'misconfigured', providerCode: '10' },
    { when: 'a bad request', answer: refused(400, 21, null), kind: 'unreachable', providerCode: '21' },
    { when: 'an empty account', answer: refused(402, 25, null), kind: 'misconfigured', providerCode: '25' },
    { when: 'a wrong path', answer: refused(404, 98, null), kind: 'misconfigured', providerCode: '98' },
    { when: 'an internal error', answer: refused(500, 99, null), kind: 'unknown', providerCode: '99' },
    { when: 'a code that is not known', answer: refused(422, 77, null), kind: 'unreachable', providerCode: '77' },
    {
      when: 'a recipient that failed at once',
      answer: (reason) => messageBirdAnswer('message-1', [[TO, 'delivery_failed']], reason),
      kind: 'rejected',
      providerCode: '1',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/messages']);
    expect(headers).toMatchObject({ authorization: `AccessKey ${ACCESS_KEY}`, 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual({
      recipients: [TO.slice(1)],
      originator: 'Acme',
      body: TEXT,
      datacoding: 'auto',
      validity: 540,
      reference: SEND_ID,
    });
  },
};
