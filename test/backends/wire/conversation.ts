import type { ReceivedRequest, WireAnswer } from '../../support/wire-server.js';
import type { ProviderWire } from '../../support/provider-faults.js';
import { awsSmsWire } from './aws-sms.wire.js';
import { awsSnsWire } from './aws-sns.wire.js';
import { birdWire } from './bird.wire.js';
import { infobipAnswer, infobipWire, PENDING } from './infobip.wire.js';
import { messageBirdAnswer, messageBirdWire } from './messagebird.wire.js';
import { plivoAnswer, plivoWire } from './plivo.wire.js';
import { telnyxWire } from './telnyx.wire.js';
import { twilioWire } from './twilio.wire.js';
import { vonageWire } from './vonage.wire.js';

/** What a request asks a provider to send. */
export interface AskedMessage {
  readonly numbers: readonly string[];
  readonly text: string;
}

/** A provider that reads what it is asked for, and takes it. */
export interface Conversation {
  readonly wire: ProviderWire;
  read(request: ReceivedRequest): AskedMessage;
  /** Answers that the messages are taken, each with its id. */
  take(messages: readonly { readonly number: string; readonly messageId: string }[]): WireAnswer;
}

type Field = string | readonly (string | number)[];

/** A JSON body with these two fields. */
function json(number: Field, text: Field): Conversation['read'] {
  return ({ body }) => readAll(at(JSON.parse(body), number), at(JSON.parse(body), text));
}

/** A form with these two fields. */
function form(number: string, text: string): Conversation['read'] {
  return ({ body }) => readAll(new URLSearchParams(body).get(number), new URLSearchParams(body).get(text));
}

function at(value: unknown, field: Field): unknown {
  return [field].flat().reduce((inner: unknown, key) => Reflect.get(inner as object, key), value);
}

function readAll(numbers: unknown, text: unknown): AskedMessage {
  const list = Array.isArray(numbers) ? numbers : String(numbers).split('<');
  return {
    numbers: list.map(
      (each: unknown) => `+${String(typeof each === 'object' ? at(each, 'to') : each).replace('+', '')}`,
    ),
    text: String(text),
  };
}

/** The answer of a provider that takes one message in a request. */
function single(wire: ProviderWire): Conversation['take'] {
  return ([first]) => wire.success(first?.messageId ?? '');
}

/** Every shipped provider. */
export const conversations: readonly Conversation[] = [
  { wire: twilioWire, read: form('To', 'Body'), take: single(twilioWire) },
  { wire: vonageWire, read: json('to', 'text'), take: single(vonageWire) },
  { wire: awsSnsWire, read: form('PhoneNumber', 'Message'), take: single(awsSnsWire) },
  { wire: awsSmsWire, read: json('DestinationPhoneNumber', 'MessageBody'), take: single(awsSmsWire) },
  { wire: birdWire, read: json('to', 'text'), take: single(birdWire) },
  { wire: telnyxWire, read: json('to', 'text'), take: single(telnyxWire) },
  {
    wire: messageBirdWire,
    read: json('recipients', 'body'),
    // One id for all numbers of a request.
    take: (messages) =>
      messageBirdAnswer(
        messages[0]?.messageId ?? '',
        messages.map(({ number }) => [number, 'sent']),
      ),
  },
  {
    wire: plivoWire,
    read: json('dst', 'text'),
    take: (messages) => plivoAnswer(messages.map(({ messageId }) => messageId)),
  },
  {
    wire: infobipWire,
    read: json(['messages', 0, 'destinations'], ['messages', 0, 'content', 'text']),
    take: (messages) => infobipAnswer(messages.map(({ number, messageId }) => [number, messageId, PENDING])),
  },
];
