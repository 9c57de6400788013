import { ok } from 'node:assert/strict';
import { inspect } from 'node:util';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';

/** Texts that must not show, each with what it is. */
export type Secrets = readonly (readonly [name: string, text: string])[];

/** All kinds. */
export const KINDS: readonly SmsDeliveryErrorKind[] = [
  'rejected',
  'throttled',
  'unavailable',
  'misconfigured',
  'unknown',
];

/** Checks what a send answered: nothing, or a receipt. */
export function expectReceipt(value: unknown): SendReceipt | undefined {
  if (value === undefined) return undefined;
  ok(
    isReceipt(value),
    `a receipt is { backend, messageId?, segments? }, with texts that are not empty and at least one segment, not ${inspect(value)}`,
  );
  return value;
}

function isReceipt(value: unknown): value is SendReceipt {
  if (typeof value !== 'object' || value === null) return false;
  const { backend, messageId, segments }: { backend?: unknown; messageId?: unknown; segments?: unknown } = value;
  return (
    isFilled(backend) &&
    (messageId === undefined || isFilled(messageId)) &&
    (segments === undefined || (typeof segments === 'number' && Number.isInteger(segments) && segments > 0))
  );
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Checks what a send threw: one of the library's errors, which shows nothing that is secret. */
export function expectError(thrown: unknown, secrets: Secrets): SmsDeliveryError {
  ok(isThrown(thrown, SmsDeliveryError), 'a backend throws an SmsDeliveryError, not something else');
  ok(KINDS.includes(thrown.kind), `the kind of an SmsDeliveryError is one of ${KINDS.join(', ')}`);
  ok(isFilled(thrown.message), 'the message of an SmsDeliveryError is a text');
  expectHidden('the error', thrown, secrets);
  return thrown;
}

/** What an error about a message must not show. */
export function secretsOf(
  { number, message, code }: { readonly number: string; readonly message: string; readonly code: string },
  credentials: readonly string[] = [],
): Secrets {
  return [
    ['the code', code],
    ['the message', message],
    ['the full number', number],
    ['the full number', number.slice(1)],
    ...credentialsOf(credentials),
  ];
}

/** Credentials, as {@link Secrets}. */
export function credentialsOf(credentials: readonly string[] = []): Secrets {
  return credentials.map((text) => ['a credential', text]);
}

/** Checks that nothing secret shows, however a value is written. The texts themselves are not told: they are secret. */
export function expectHidden(what: string, value: unknown, secrets: Secrets): void {
  const forms: readonly (readonly [string, () => string])[] = [
    ['as a text', () => String(value)],
    ['in util.inspect', () => inspect(value, { depth: 10, showHidden: true })],
    ['in JSON', () => JSON.stringify(value) ?? ''],
  ];
  for (const [form, write] of forms) {
    const text = write();
    for (const [name, secret] of secrets) ok(!text.includes(secret), `${what} shows ${name} ${form}`);
  }
}
