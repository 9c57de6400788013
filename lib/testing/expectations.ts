import { ok } from 'node:assert/strict';
import { inspect } from 'node:util';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';

/** Texts that must not appear, each with a description. */
export type ForbiddenTexts = readonly (readonly [name: string, text: string])[];

/** All kinds. */
export const KINDS: readonly SmsDeliveryErrorKind[] = [
  'rejected',
  'unreachable',
  'throttled',
  'unavailable',
  'misconfigured',
  'unknown',
];

/** Checks what a send returned: nothing, or a receipt. */
export function expectReceipt(value: unknown): SendReceipt | undefined {
  if (value === undefined) return undefined;
  ok(
    isReceipt(value),
    `a receipt must be { backend, messageId?, segments? }, with texts that are not empty and at least one segment, not ${inspect(value)}`,
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

/** Checks what a send threw: an SmsDeliveryError that shows no secret. */
export function expectError(thrown: unknown, forbidden: ForbiddenTexts): SmsDeliveryError {
  ok(isThrown(thrown, SmsDeliveryError), 'a backend must throw an SmsDeliveryError, not something else');
  ok(KINDS.includes(thrown.kind), `the kind of an SmsDeliveryError must be one of ${KINDS.join(', ')}`);
  ok(isFilled(thrown.message), 'the message of an SmsDeliveryError must be a text that is not empty');
  expectHidden('the error', thrown, forbidden);
  return thrown;
}

/** Texts that an error about a message must not show. */
export function forbiddenTextsOf(
  { number, message, code }: { readonly number: string; readonly message: string; readonly code: string },
  credentials: readonly string[] = [],
): ForbiddenTexts {
  return [
    ['the code', code],
    ['the message', message],
    ['the full number', number],
    ['the full number', number.slice(1)],
    ...credentialsOf(credentials),
  ];
}

/** Credentials, as {@link ForbiddenTexts}. */
export function credentialsOf(credentials: readonly string[] = []): ForbiddenTexts {
  return credentials.map((text) => ['a credential', text]);
}

/** Checks that a value shows no secret in any form. The failure message does not contain the secret. */
export function expectHidden(what: string, value: unknown, forbidden: ForbiddenTexts): void {
  const forms: readonly (readonly [string, () => string])[] = [
    ['as a text', () => String(value)],
    ['in util.inspect', () => inspect(value, { depth: 10, showHidden: true })],
    ['in JSON', () => JSON.stringify(value) ?? ''],
  ];
  for (const [form, write] of forms) {
    const text = write();
    for (const [name, secret] of forbidden) ok(!text.includes(secret), `${what} shows ${name} ${form}`);
  }
}
