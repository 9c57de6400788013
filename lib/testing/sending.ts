import { equal, fail, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { SendContext } from '../backends/base.backend.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';
import { TimeLimitError, withinTimeLimit } from '../common/time.js';
import type { DeliveredMessage } from './backend-under-test.js';
import { expectError, expectReceipt, forbiddenTextsOf } from './expectations.js';
import type { Subject } from './subject.js';

/** Shorter than the time limit of a test in Vitest and Jest, so that the failure has a reason. */
const SEND_LIMIT_MS = 4_000;

const CODE_LIFE_MS = 600_000;

/** A message of the suite, with its code. */
export interface TestMessage extends DeliveredMessage {
  readonly code: string;
}

/** Messages to different numbers, with different codes. Their texts have characters that GSM-7 does not have. */
export function testMessages(count: number): TestMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const code = String(481_516 + index);
    return { number: `+1415555${2671 + index}`, message: `Код Acme: ${code} ✓`, code };
  });
}

/** One of {@link testMessages}. */
export function testMessage(): TestMessage {
  const [message] = testMessages(1);
  return message ?? fail('no message');
}

/** A text with the characters that URLs, forms, JSON and XML need escaped. */
export function reservedText(): TestMessage {
  const message = testMessage();
  return {
    ...message,
    message: `"Acme" & 'Co': ${message.code} #1 + 2 = 100%25 \\ <b>?;</b> 😀\n\n@acme.test #${message.code}`,
  };
}

/** A text of 160 characters, which fills one segment. */
export function longText(): TestMessage {
  const message = testMessage();
  return { ...message, message: `${message.code} is your code. `.padEnd(160, 'abcdefghijklmnopqrstuvwxyz0123456789') };
}

/** A send context with this signal. */
export function contextUntil(signal: AbortSignal): SendContext {
  return {
    signal,
    deadline: new Date(Date.now() + SEND_LIMIT_MS),
    expiresAt: new Date(Date.now() + CODE_LIFE_MS),
    country: 'US',
    language: 'en',
    purpose: '',
    sendId: randomUUID(),
    sendNumber: 1,
  };
}

/** Sends with a context whose signal never aborts. */
export function sendWithContext(subject: Subject, message: TestMessage): Promise<SendReceipt | undefined> {
  return send(subject, message, contextUntil(new AbortController().signal));
}

/** Sends one message and checks the receipt. */
export async function send(
  { backend }: Subject,
  { number, message }: TestMessage,
  context?: SendContext,
): Promise<SendReceipt | undefined> {
  const receipt: unknown = await inTime('sendSms', SEND_LIMIT_MS, () =>
    context === undefined ? backend.sendSms(number, message) : backend.sendSms(number, message, context),
  );
  return expectReceipt(receipt);
}

/** Sends one message that must fail, and checks the error. */
export async function failureOf(
  { backend, given }: Subject,
  message: TestMessage,
  context: SendContext,
  limitMs = SEND_LIMIT_MS,
): Promise<SmsDeliveryError> {
  try {
    await inTime('sendSms', limitMs, () => backend.sendSms(message.number, message.message, context));
  } catch (error) {
    if (error instanceof OverdueError) throw error;
    return expectError(error, forbiddenTextsOf(message, given.credentials));
  }
  return fail('sendSms resolved although the provider did not accept the message');
}

/** A call took too long. Distinct from everything that the call may throw. */
class OverdueError extends Error {
  override readonly name = 'OverdueError';
}

/** Calls the backend, which must settle in time. */
export async function inTime<T>(what: string, limitMs: number, call: () => T | Promise<T>): Promise<T> {
  try {
    return await withinTimeLimit(limitMs, call);
  } catch (thrown) {
    if (isThrown(thrown, TimeLimitError)) throw new OverdueError(`${what} did not settle within ${limitMs} ms`);
    throw thrown;
  }
}

/** Checks that each message arrived once and unchanged, and that the receipts belong to the same messages. */
export function expectDelivered(
  { given }: Subject,
  sent: readonly TestMessage[],
  receipts: readonly (SendReceipt | undefined)[],
): void {
  if (given.messages === undefined) return;
  const delivered = given.messages();
  for (const [index, { number, message }] of sent.entries()) {
    const copies = delivered.filter((each) => digits(each.number) === digits(number));
    equal(copies.length, 1, `${copies.length} messages arrived for ${number}, not one`);
    const [copy] = copies;
    ok(
      copy !== undefined && /^\+?\d+$/.test(copy.number),
      `the number arrived as ${inspect(copy?.number)}, not as ${number}`,
    );
    equal(copy.message, message, `the text arrived as ${inspect(copy.message)}, not as ${inspect(message)}`);
    const messageId = receipts[index]?.messageId;
    if (copy.messageId === undefined || messageId === undefined) continue;
    equal(messageId, copy.messageId, 'the receipt has the id of another message');
  }
  equal(delivered.length, sent.length, `${delivered.length} messages arrived, not ${sent.length}`);
}

function digits(number: string): string {
  return number.replaceAll(/\D/g, '');
}
