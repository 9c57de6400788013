import { deepEqual, equal, ok } from 'node:assert/strict';
import type { SendReceipt } from '../../common/send-receipt.js';
import { expectError, expectReceipt, KINDS, forbiddenTextsOf } from '../expectations.js';
import { expectDelivered, inTime, reservedText, testMessage, testMessages } from '../sending.js';
import type { Subject } from '../subject.js';
import { play } from './failure.rules.js';
import type { Rule } from './rule.js';

const NUMBERS = testMessages(3).map(({ number }) => number);
const BULK_LIMIT_MS = 4_000;

/** The result for one number. */
interface Item {
  readonly number?: unknown;
  readonly receipt?: unknown;
  readonly error?: unknown;
}

/** Rules for bulk sends. */
export const bulkRules: readonly Rule[] = [
  {
    name: 'returns a bulk result for each number, in their order',
    check: async (subject) => {
      const { message, code } = reservedText();
      const items = await sendToAll(subject, NUMBERS, message);
      // Without a result, all messages were accepted.
      const receipts = items?.map((item): SendReceipt => expectItemReceipt(item)) ?? [];
      const sent = NUMBERS.map((number) => ({ number, message, code }));
      expectDelivered(subject, sent, receipts);
    },
  },
  {
    name: 'accepts a bulk send to an empty list',
    check: async (subject) => {
      await sendToAll(subject, [], testMessage().message);
      expectDelivered(subject, [], []);
    },
  },
  {
    name: 'returns an error for each number when a bulk send fails',
    lacks: (subject) => (failing(subject) === undefined ? 'the factory provides no scenario of a failure' : undefined),
    check: async (subject) => {
      const sent = testMessage();
      await play(subject, failing(subject) ?? 'unknown', sent);
      const items = await sendToAll(subject, NUMBERS, sent.message);
      ok(items !== undefined, 'sendBulkSms returns nothing, as if all messages had been sent');
      for (const [index, number] of NUMBERS.entries()) {
        const { receipt, error } = items[index] ?? {};
        ok(receipt === undefined, 'sendBulkSms returns a receipt for a number that the provider did not accept');
        expectError(error, forbiddenTextsOf({ ...sent, number }, subject.given.credentials));
      }
    },
  },
];

function failing({ given }: Subject) {
  return KINDS.find((kind) => given.scenarios?.[kind] !== undefined);
}

/** Sends to many numbers. `undefined` if the backend returns nothing. */
async function sendToAll(
  { backend }: Subject,
  numbers: readonly string[],
  message: string,
): Promise<readonly Item[] | undefined> {
  const result: unknown = await inTime('sendBulkSms', BULK_LIMIT_MS, () => backend.sendBulkSms(numbers, message));
  if (result === undefined) return undefined;
  ok(Array.isArray(result), 'sendBulkSms must return a list, or nothing');
  const items: readonly Item[] = result;
  deepEqual(
    items.map(({ number }) => number),
    numbers,
    'sendBulkSms must return one item for each number, in the order given',
  );
  return items;
}

function expectItemReceipt({ receipt, error }: Item): SendReceipt {
  equal(error, undefined, 'sendBulkSms returns an error for a number that the provider accepts');
  const checked = expectReceipt(receipt);
  ok(checked !== undefined, 'an item of sendBulkSms must have a receipt or an error');
  return checked;
}
