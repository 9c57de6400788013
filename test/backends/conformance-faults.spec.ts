import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BaseBackend, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { type BackendUnderTest, describeBackend } from '../../lib/testing/index.js';
import {
  answering,
  answeringBulk,
  changingText,
  having,
  heedingNoSignal,
  leaking,
  needingContext,
  NoSubclassBackend,
  sendingByUrl,
  type Settings,
  SharedFieldBackend,
  SharedIdBackend,
  SoundBackend,
  throwing,
} from '../support/broken-backends.js';
import { judge, KEY, played } from '../support/conformance-judge.js';

const RESERVED = 'sends reserved characters, line breaks and an emoji unchanged';
const LONG = 'sends all 160 characters of a text';
const SEND = ['sends a message', RESERVED, LONG, 'sends a message without a context', 'keeps parallel sends separate'];
const SUBCLASS = 'supports subclasses without a constructor';
const BULK = 'returns a bulk result for each number, in their order';
const BULK_FAILURE = 'returns an error for each number when a bulk send fails';
const ABORTS = ['ends when the signal aborts', 'ends when the signal was already aborted'];
const TO_EMPTY_LIST = 'accepts a bulk send to an empty list';
const CODES = 'generates codes of 4 to 32 printable ASCII characters without spaces';
const MESSAGES = 'writes messages that contain the code';
const CHECKS = 'returns a known status from validateSecurityCode';
const CREDENTIALS = 'shows no credentials';

function failsAs(kind: SmsDeliveryErrorKind): string {
  return `reports a failure as ${kind}, without secrets`;
}

const FAILURES = (['rejected', 'unreachable', 'throttled', 'unavailable', 'misconfigured', 'unknown'] as const).map(
  failsAs,
);

const everySend = [...SEND, SUBCLASS, BULK];

const faults: readonly (readonly [fault: string, backend: BackendUnderTest['backend'], broken: readonly string[]])[] = [
  ['a receipt without a name', answering(() => ({ messageId: '1' })), everySend],
  ['a receipt with an empty name', answering(() => ({ backend: '' })), everySend],
  ['a receipt that is a text', answering(({ messageId }) => messageId), everySend],
  ['a receipt that is null', answering(() => null), [...SEND, SUBCLASS]],
  ['an id that is a number', answering(() => ({ backend: 'x', messageId: 17 })), everySend],
  ['segments that are a text', answering((receipt) => ({ ...receipt, segments: '1' })), everySend],
  ['no segment', answering((receipt) => ({ ...receipt, segments: 0 })), everySend],
  ['an id of another message', answering((receipt) => ({ ...receipt, messageId: 'other' })), everySend],
  ['a context that is needed', needingContext(), ['sends a message without a context', BULK]],
  [
    'a text that is changed',
    changingText((text) => text.replaceAll(/[^\x20-\x7e]/g, '?')),
    everySend.filter((name) => name !== LONG),
  ],
  ['a text that is cut after 20 characters', changingText((text) => text.slice(0, 20)), [RESERVED, LONG, BULK]],
  ['a text that is cut after 159 characters', changingText((text) => text.slice(0, 159)), [LONG]],
  ['line breaks that become spaces', changingText((text) => text.replaceAll('\n', ' ')), [RESERVED, BULK]],
  ['quotes that are escaped', changingText((text) => text.replaceAll('"', '\\"')), [RESERVED, BULK]],
  ['text and number in a URL, unencoded', sendingByUrl((number, text) => `?to=${number}&text=${text}`), everySend],
  [
    'a text in a URL, unencoded',
    sendingByUrl((number, text) => `?to=${encodeURIComponent(number)}&text=${text}`),
    [RESERVED, BULK],
  ],
  [
    'a number in a URL, unencoded',
    sendingByUrl((number, text) => `?to=${number}&text=${encodeURIComponent(text)}`),
    everySend,
  ],
  ['a message that is sent twice', changingText((text) => text, 2), everySend],
  ['a message that is not sent', changingText((text) => text, 0), everySend],
  ['a field that parallel sends share', SharedFieldBackend, ['keeps parallel sends separate', BULK]],
  ['an id that parallel sends share', SharedIdBackend, ['keeps parallel sends separate', BULK]],
  ['a class without subclasses', NoSubclassBackend, [SUBCLASS]],
  ['errors of another class', throwing(() => new Error('no')), [...FAILURES, ...ABORTS]],
  ['errors that are texts', throwing(() => 'no'), [...FAILURES, ...ABORTS]],
  [
    'one kind for all failures',
    throwing(() => new SmsDeliveryError('unknown', 'no')),
    FAILURES.filter((name) => name !== failsAs('unknown')),
  ],
  [
    'an unknown kind',
    throwing(() => new SmsDeliveryError('lost' as never, 'x')),
    [...FAILURES, ...ABORTS, BULK_FAILURE],
  ],
  [
    'an aborted send that is rejected',
    throwing(
      ({ kind }) => new SmsDeliveryError(kind === 'unavailable' || kind === 'unknown' ? 'rejected' : kind, 'no'),
    ),
    [failsAs('unavailable'), failsAs('unknown'), ...ABORTS],
  ],
  ['the message in the error', leaking((_number, message) => message), [...FAILURES, ...ABORTS, BULK_FAILURE]],
  ['the number in the error', leaking((number) => number), [...FAILURES, ...ABORTS, BULK_FAILURE]],
  ['the bare number in the error', leaking((number) => number.slice(1)), [...FAILURES, ...ABORTS, BULK_FAILURE]],
  [
    'the code in the error',
    leaking((_number, message) => /\d+/.exec(message)?.[0]),
    [...FAILURES, ...ABORTS, BULK_FAILURE],
  ],
  ['a credential in the error', leaking((_number, _message, key) => key), [...FAILURES, ...ABORTS, BULK_FAILURE]],
  [
    'the message in the cause',
    throwing(({ kind }, _number, message) => new SmsDeliveryError(kind, 'no', { cause: new Error(message) })),
    [...FAILURES, ...ABORTS, BULK_FAILURE],
  ],
  [
    'the key in the JSON of the error',
    throwing((error, _number, _message, key) => Object.assign(error, { toJSON: () => ({ key }) })),
    [...FAILURES, ...ABORTS, BULK_FAILURE],
  ],
  ['a signal that is ignored', heedingNoSignal(), ABORTS],
  [
    'a bulk send that throws',
    answeringBulk(() => Promise.reject(new Error('no'))),
    [BULK, BULK_FAILURE, TO_EMPTY_LIST],
  ],
  [
    'a bulk send that throws when one fails',
    answeringBulk((results) => (results.some(({ error }) => error) ? Promise.reject(results[0]?.error) : results)),
    [BULK_FAILURE],
  ],
  ['bulk results in another order', answeringBulk((results) => results.toReversed()), [BULK, BULK_FAILURE]],
  ['bulk results that are missing', answeringBulk((results) => results.slice(1)), [BULK, BULK_FAILURE]],
  [
    'a bulk send to an empty list that returns a result',
    answeringBulk((results) => (results.length === 0 ? [{ number: '+1' }] : results)),
    [TO_EMPTY_LIST],
  ],
  [
    'bulk results without receipt and error',
    answeringBulk((results) => results.map(({ number }) => ({ number }))),
    [BULK, BULK_FAILURE],
  ],
  [
    'receipts for what failed',
    answeringBulk((results) => results.map(({ number }) => ({ number, receipt: { backend: 'x' } }))),
    [BULK_FAILURE],
  ],
  [
    'errors for what was accepted',
    answeringBulk((results) => results.map(({ number }) => ({ number, error: new SmsDeliveryError('unknown', 'no') }))),
    [BULK],
  ],
  ['a bulk send that returns nothing', answeringBulk(() => undefined), [BULK_FAILURE]],
  ['a bulk send that returns an object', answeringBulk(() => ({})), [BULK, BULK_FAILURE, TO_EMPTY_LIST]],
  ['a code that is too short', having({ generateSecurityCode: () => '123' }), [CODES]],
  ['a code with a space', having({ generateSecurityCode: async () => '123 456' }), [CODES]],
  ['a code that is a number', having({ generateSecurityCode: () => 123_456 }), [CODES]],
  ['a message without the code', having({ generateMessage: () => 'Welcome!' }), [MESSAGES]],
  ['an empty message', having({ generateMessage: () => '' }), [MESSAGES]],
  [
    'a message that needs a context',
    having({ generateMessage: (code: string, context: object) => `${code} ${Object.keys(context).length}` }),
    [MESSAGES],
  ],
  ['an unknown status', having({ validateSecurityCode: () => ({ status: 'fine' }) }), [CHECKS]],
  ['a check that returns a boolean', having({ validateSecurityCode: async () => true }), [CHECKS]],
  [
    'a check that throws',
    having({
      validateSecurityCode: () => {
        throw new Error('no');
      },
    }),
    [CHECKS],
  ],
  [
    'a credential in JSON',
    having({
      toJSON(this: { options: Settings }) {
        return { key: this.options.key };
      },
    }),
    [CREDENTIALS],
  ],
  [
    'a credential in inspections',
    having({
      [inspect.custom](this: { options: Settings }) {
        return this.options.key;
      },
    }),
    [CREDENTIALS],
  ],
];

describe('the conformance suite', () => {
  it('finds no fault in a correct backend, and skips no rule', async () => {
    expect(await judge(SoundBackend)).toMatchObject({ failed: [], skipped: [], reasons: '' });
  });

  it.each(faults)('finds %s', async (_fault, backend, broken) => {
    const { failed, reasons } = await judge(backend);

    expect(failed).toEqual(broken.toSorted());
    expect(reasons).not.toBe('');
    expect(reasons).not.toContain(KEY);
  });

  it('has a fault here for every rule', async () => {
    const { rules } = await judge(SoundBackend);
    const noticed = new Set(faults.flatMap(([, , broken]) => broken));

    expect(rules.filter((name) => !noticed.has(name))).toEqual(['extends BaseBackend']);
  });

  it('finds a class and an object that do not extend BaseBackend', async () => {
    const sendSms = async (): Promise<void> => undefined;

    expect((await judge({ sendSms } as never)).failed).toContain('extends BaseBackend');
    expect((await judge(class {} as never)).failed).toContain('extends BaseBackend');
  });

  it('accepts a backend that returns nothing and provides only what is required', async () => {
    class LeastBackend extends BaseBackend {
      async sendSms(): Promise<void> {}
    }
    const { failed, skipped } = await judge(new LeastBackend({}), {
      credentials: undefined,
      messages: undefined,
      scenarios: undefined,
    } as never);

    expect(failed).toEqual([]);
    expect(new Set(skipped)).toEqual(
      new Set([SUBCLASS, CREDENTIALS, ...FAILURES, ...ABORTS, BULK_FAILURE, CODES, MESSAGES, CHECKS]),
    );
  });

  it.each([undefined, null])('accepts hooks that return %s', async (answer) => {
    const hook = async (): Promise<unknown> => answer;
    const backend = having({ generateSecurityCode: hook, generateMessage: hook, validateSecurityCode: hook });

    expect(await judge(backend)).toMatchObject({ failed: [], skipped: [] });
  });

  it('starts and stops the backend as an application does, and stops everything after a failure', async () => {
    const calls: string[] = [];
    const hook = (name: string) => async () => void calls.push(name);
    const backend = having({
      onModuleInit: hook('init'),
      onApplicationBootstrap: hook('bootstrap'),
      onModuleDestroy: hook('destroy'),
      beforeApplicationShutdown: hook('before'),
      onApplicationShutdown: hook('shutdown'),
      validateSecurityCode: () => ({ status: 'fine' }),
    });
    const runs: Record<string, () => Promise<void>> = {};
    describeBackend(() => played(backend, { close: hook('close') }), {
      describe: (_name, define) => define(),
      it: (name, run) => (runs[name] = run),
    });

    await expect(runs[CHECKS]?.()).rejects.toThrow('validateSecurityCode');

    expect(calls).toEqual(['init', 'bootstrap', 'destroy', 'before', 'shutdown', 'close']);
  });

  it('names the runner to pass when there are no globals', () => {
    expect(() => describeBackend(() => ({ backend: SoundBackend }))).toThrow('pass those of vitest');
  });
});
