import { expect } from 'vitest';
import { InfobipBackend } from '../../../lib/backends/infobip/index.js';
import { type ProviderWire, SEND_ID, TEXT, TO } from '../../support/provider-faults.js';
import { INFOBIP_REQUEST } from './published-requests.js';
import type { WireAnswer } from '../../support/wire-server.js';

const API_KEY = 'api-key-of-the-account';

/** A status of one message, as the list of statuses has it. */
export interface InfobipStatus {
  readonly groupId: number;
  readonly groupName: string;
  readonly id: number;
  readonly name: string;
}

export const PENDING: InfobipStatus = { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED' };

export function rejectedWith(id: number, name: string): InfobipStatus {
  return { groupId: 5, groupName: 'REJECTED', id, name };
}

/** Answers messages, each with its status. */
export function infobipAnswer(
  statuses: readonly (readonly [number: string, messageId: string, status: InfobipStatus])[],
  description = 'Described',
): WireAnswer {
  return {
    status: 200,
    body: {
      bulkId: '2034072219640523072',
      messages: statuses.map(([number, messageId, status]) => ({
        messageId,
        status: { ...status, description },
        destination: number.slice(1),
      })),
    },
  };
}

function refused(id: number, name: string) {
  return (description: string): WireAnswer => infobipAnswer([[TO, 'm-1', rejectedWith(id, name)]], description);
}

function failed(status: number, messageId: string) {
  return (text: string): WireAnswer => ({ status, body: { requestError: { serviceException: { messageId, text } } } });
}

/** https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages */
export const infobipWire: ProviderWire = {
  name: 'InfobipBackend',
  create: (options) => new InfobipBackend({ apiKey: API_KEY, from: 'Acme', ...options }),
  schema: INFOBIP_REQUEST,
  credentials: [API_KEY],
  success: (messageId) => infobipAnswer([[TO, messageId, PENDING]]),
  refusals: [
    { when: 'a network not covered', answer: refused(6, 'REJECTED_NETWORK'), kind: 'unreachable', providerCode: '6' },
    { when: 'do not disturb', answer: refused(10, 'REJECTED_DND'), kind: 'rejected', providerCode: '10' },
    { when: 'a strange sender', answer: refused(11, 'REJECTED_SOURCE'), kind: 'misconfigured', providerCode: '11' },
    {
      when: 'not enough credits',
      answer: refused(12, 'REJECTED_NOT_ENOUGH_CREDITS'),
      kind: 'misconfigured',
      providerCode: '12',
    },
    { when: 'a blocked sender', answer: refused(13, 'REJECTED_SENDER'), kind: 'misconfigured', providerCode: '13' },
    { when: 'a blocked number', answer: refused(14, 'REJECTED_DESTINATION'), kind: 'rejected', providerCode: '14' },
    {
      when: 'too many messages to a number',
      answer: refused(20, 'REJECTED_FLOODING_FILTER'),
      kind: 'unreachable',
      providerCode: '20',
    },
    { when: 'a system error', answer: refused(21, 'REJECTED_SYSTEM_ERROR'), kind: 'unavailable', providerCode: '21' },
    { when: 'an invalid number', answer: refused(52, 'REJECTED_DESTINATION'), kind: 'rejected', providerCode: '52' },
    {
      when: 'a status that is not known',
      answer: refused(999, 'REJECTED_NEW'),
      kind: 'unreachable',
      providerCode: '999',
    },
    { when: 'a wrong key', answer: failed(401, 'UNAUTHORIZED'), kind: 'misconfigured', providerCode: 'UNAUTHORIZED' },
    { when: 'a bad request', answer: failed(400, 'BAD_REQUEST'), kind: 'unreachable', providerCode: 'BAD_REQUEST' },
    {
      when: 'too many requests',
      answer: failed(429, 'TOO_MANY_REQUESTS'),
      kind: 'throttled',
      providerCode: 'TOO_MANY_REQUESTS',
    },
    {
      when: 'an error of version 3',
      answer: (description) => ({
        status: 403,
        body: { errorCode: 'E403', description, action: 'Check it.', violations: [], resources: [] },
      }),
      kind: 'misconfigured',
      providerCode: 'E403',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/sms/3/messages']);
    expect(headers).toMatchObject({ authorization: `App ${API_KEY}`, 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual({
      messages: [
        {
          sender: 'Acme',
          destinations: [{ to: TO.slice(1) }],
          content: { text: TEXT },
          options: { validityPeriod: { amount: 540, timeUnit: 'SECONDS' } },
          webhooks: { callbackData: SEND_ID },
        },
      ],
    });
  },
};
