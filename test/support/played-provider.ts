import type { SmsDeliveryErrorKind } from '../../lib/index.js';
import type { BackendUnderTest, DeliveredMessage } from '../../lib/testing/index.js';
import type { Conversation } from '../backends/wire/conversation.js';
import { type WireAnswer, WireServer } from './wire-server.js';

/** Answers whose kind the status alone tells, for kinds that a provider has no code of its own for. */
const STATUSES: Readonly<Record<SmsDeliveryErrorKind, number>> = {
  // No status says that every provider would refuse the message.
  rejected: 400,
  unreachable: 400,
  throttled: 429,
  unavailable: 503,
  misconfigured: 401,
  unknown: 500,
};

/** What a provider answers that does not take a message. */
export type Refuse = (kind: SmsDeliveryErrorKind, words: string) => WireAnswer;

/** A refusal that is told by the status alone. */
export const refuseByStatus: Refuse = (kind, body) => ({ status: STATUSES[kind], body });

/** Refuses as the provider documents it, where it has a way of its own. */
export function refuseLike({ wire }: Conversation): Refuse {
  return (kind, words) =>
    wire.refusals.find((refusal) => refusal.kind === kind)?.answer(words) ?? refuseByStatus(kind, words);
}

/** A provider that a server plays: it takes messages, and repeats all it was told when it does not. */
export async function playProvider(
  conversation: Pick<Conversation, 'read' | 'take'>,
  refuse: Refuse,
  credentials: readonly string[],
) {
  const server = await WireServer.start();
  const messages: DeliveredMessage[] = [];
  server.answer((request) => {
    const { numbers, text } = conversation.read(request);
    // The provider may answer with one id for all numbers of a request; then so does this one.
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
