import { deepEqual, equal, ok } from 'node:assert/strict';
import type { SendReceipt } from '../../common/send-receipt.js';
import { expectError, expectReceipt, KINDS, secretsOf } from '../expectations.js';
import { expectDelivered, inTime, testMessage, testMessages } from '../sending.js';
import type { Subject } from '../subject.js';
import { play } from './failure.rules.js';
import type { Rule } from './rule.js';

const NUMBERS = testMessages(3).map(({ number }) => number);
const BULK_LIMIT_MS = 4_000;

/** What became of one number. */
interface Item {
  readonly number?: unknown;
  readonly receipt?: unknown;
  readonly error?: unknown;
}

/** What a bulk send does. */
export const bulkRules: readonly Rule[] = [
  {
    name: 'answers a bulk send for each number, in their order',
    check: async (subject) => {
      const { message, code } = testMessage();
      const items = await sendToAll(subject, NUMBERS, message);
      // Nothing is told: all of them were taken.
      const receipts = items?.map((item): SendReceipt => expectItemReceipt(item)) ?? [];
      const sent = NUMBERS.map((number) => ({ number, message, code }));
      expectDelivered(subject, sent, receipts);
    },
  },
  {
    name: 'takes a bulk send to nobody',
    check: async (subject) => {
      await sendToAll(subject, [], testMessage().message);
      expectDelivered(subject, [], []);
    },
  },
  {
    name: 'answers a bulk send that fails with an error for each number',
    lacks: (subject) => (failing(subject) === undefined ? 'the factory gives no scenario of a failure' : undefined),
    check: async (subject) => {
      const sent = testMessage();
      await play(subject, failing(subject) ?? 'unknown', sent);
      const items = await sendToAll(subject, NUMBERS, sent.message);
      ok(items !== undefined, 'sendBulkSms answers nothing, as if every number had been sent to');
      for (const [index, number] of NUMBERS.entries()) {
        const { receipt, error } = items[index] ?? {};
        ok(receipt === undefined, 'sendBulkSms answers a receipt for a number that the provider did not take');
        expectError(error, secretsOf({ ...sent, number }, subject.given.credentials));
      }
    },
  },
];

function failing({ given }: Subject) {
  return KINDS.find((kind) => given.scenarios?.[kind] !== undefined);
}

/** Sends to many. `undefined` when the backend tells nothing. */
async function sendToAll(
  { backend }: Subject,
  numbers: readonly string[],
  message: string,
): Promise<readonly Item[] | undefined> {
  const result: unknown = await inTime('sendBulkSms', BULK_LIMIT_MS, () => backend.sendBulkSms(numbers, message));
  if (result === undefined) return undefined;
  ok(Array.isArray(result), 'sendBulkSms answers a list, or nothing');
  const items: readonly Item[] = result;
  deepEqual(
    items.map(({ number }) => number),
    numbers,
    'sendBulkSms answers one item for each number, in the order given',
  );
  return items;
}

function expectItemReceipt({ receipt, error }: Item): SendReceipt {
  equal(error, undefined, 'sendBulkSms answers an error for a number that the provider takes');
  const checked = expectReceipt(receipt);
  ok(checked !== undefined, 'an item of sendBulkSms has a receipt or an error');
  return checked;
}
