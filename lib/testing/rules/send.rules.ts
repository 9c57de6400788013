import {
  expectDelivered,
  longText,
  reservedText,
  send,
  sendWithContext,
  testMessage,
  testMessages,
} from '../sending.js';
import type { Rule } from './rule.js';

const PARALLEL_SENDS = 10;

/** Rules for sends that the provider accepts. */
export const sendRules: readonly Rule[] = [
  {
    name: 'sends a message',
    check: async (subject) => {
      const message = testMessage();
      const receipt = await sendWithContext(subject, message);
      expectDelivered(subject, [message], [receipt]);
    },
  },
  {
    name: 'sends reserved characters, line breaks and an emoji unchanged',
    check: async (subject) => {
      const message = reservedText();
      const receipt = await sendWithContext(subject, message);
      expectDelivered(subject, [message], [receipt]);
    },
  },
  {
    name: 'sends all 160 characters of a text',
    check: async (subject) => {
      const message = longText();
      const receipt = await sendWithContext(subject, message);
      expectDelivered(subject, [message], [receipt]);
    },
  },
  {
    name: 'sends a message without a context',
    check: async (subject) => {
      const message = testMessage();
      const receipt = await send(subject, message);
      expectDelivered(subject, [message], [receipt]);
    },
  },
  {
    name: 'keeps parallel sends separate',
    check: async (subject) => {
      const messages = testMessages(PARALLEL_SENDS);
      const receipts = await Promise.all(messages.map((message) => sendWithContext(subject, message)));
      expectDelivered(subject, messages, receipts);
    },
  },
];
