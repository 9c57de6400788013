import type { SmsDeliveryErrorKind } from '../../lib/index.js';
import type { BackendUnderTest, DeliveredMessage } from '../../lib/testing/index.js';
import type { Conversation } from '../backends/wire/conversation.js';
import { schemaFaults } from '../backends/wire/request-schema.js';
import { type WireAnswer, WireServer } from './wire-server.js';

/** Statuses for kinds of failure without a provider's error code. */
const STATUSES: Readonly<Record<SmsDeliveryErrorKind, number>> = {
  // No status says that every provider would refuse the message.
  rejected: 400,
  unreachable: 400,
  throttled: 429,
  unavailable: 503,
  misconfigured: 401,
  unknown: 500,
};

/** The response of a provider that refuses a message. */
export type Refuse = (kind: SmsDeliveryErrorKind, words: string) => WireAnswer;

/** Refuses with a status only. */
export const refuseByStatus: Refuse = (kind, body) => ({ status: STATUSES[kind], body });

/** Refuses as the provider documents it, or else with a status only. */
export function refuseLike({ wire }: Conversation): Refuse {
  return (kind, words) =>
    wire.refusals.find((refusal) => refusal.kind === kind)?.answer(words) ?? refuseByStatus(kind, words);
}

/**
 * Starts a server that simulates a provider. It accepts messages, if the request has only what the provider documents; its
 * refusals repeat all that the request contained.
 */
export async function playProvider(
  conversation: Pick<Conversation, 'read' | 'take'> & Partial<Pick<Conversation, 'wire'>>,
  refuse: Refuse,
  credentials: readonly string[],
) {
  const server = await WireServer.start();
  const messages: DeliveredMessage[] = [];
  server.answer((request) => {
    const { wire } = conversation;
    const faults = wire === undefined ? [] : schemaFaults(wire.schema, request);
    if (faults.length > 0) return { status: 500, body: faults.join() };
    const { numbers, text } = conversation.read(request);
    // One id for all numbers of a request, because some providers return only one.
    const id = `message-${server.requests.length}`;
    const taken = numbers.map((number) => ({ number, message: text, messageId: id }));
    messages.push(...taken);
    return conversation.take(taken);
  });
  const fail = (kind: SmsDeliveryErrorKind) => (sent: DeliveredMessage) => {
    const words = `${sent.message} to ${sent.number} (${sent.number.slice(1)}) with ${credentials.join(' ')}`;
    server.answer(refuse(kind, words));
  };
  const given = {
    credentials,
    messages: () => messages,
    scenarios: {
      rejected: fail('rejected'),
      unreachable: fail('unreachable'),
      throttled: fail('throttled'),
      unavailable: fail('unavailable'),
      misconfigured: fail('misconfigured'),
      unknown: fail('unknown'),
      hanging: () => server.hang(),
    },
    close: () => server.close(),
  } satisfies Omit<BackendUnderTest, 'backend'>;
  return { url: server.url, given };
}
