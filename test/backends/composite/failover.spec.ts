import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type BaseBackend,
  FailoverBackend,
  type FailoverBackendOptions,
  RoutingBackend,
  type SendContext,
  SmsDeliveryError,
} from '../../../lib/index.js';
import { openBreakersOf } from '../../../lib/backends/module-aware.backend.js';
import {
  failureOf,
  fails,
  hangs,
  isSettled,
  pass,
  type ScriptedBackend,
  scripted,
  started,
  stopTime,
} from '../../support/composites.js';
import { ODD_THROWS } from '../../support/failing-backends.js';
import { RecordedLogs } from '../../support/logs.js';
import { sendContext } from '../../support/provider-faults.js';
import { NUMBER } from '../../support/requests.js';

const TEXT = 'Your code is 481516';

let logs: RecordedLogs;

beforeEach(() => {
  stopTime();
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

function failover(
  backends: readonly BaseBackend<unknown>[],
  options: Omit<FailoverBackendOptions, 'backends'> = {},
): FailoverBackend {
  return started(new FailoverBackend({ backends: backends.map((backend) => ({ backend })), ...options }));
}

function attempts(...backends: readonly ScriptedBackend[]): readonly number[] {
  return backends.map(({ handed }) => handed.length);
}

describe('FailoverBackend', () => {
  it('sends through the preferred backend and calls no other', async () => {
    const [first, second] = [scripted('First'), scripted('Second')];

    expect(await failover([first, second]).sendSms(NUMBER, TEXT, sendContext())).toEqual({ backend: 'First' });
    expect(attempts(first, second)).toEqual([1, 0]);
  });

  it.each(['throttled', 'unavailable', 'misconfigured', 'unknown'] as const)(
    'sends the same text to the same number through the next backend after %s',
    async (kind) => {
      const [first, second] = [scripted('First', fails(kind)), scripted('Second')];
      const send = sendContext();

      expect(await failover([first, second]).sendSms(NUMBER, TEXT, send)).toEqual({ backend: 'Second' });

      for (const backend of [first, second]) {
        expect(backend.handed).toEqual([
          { number: NUMBER, message: TEXT, send: expect.objectContaining({ sendId: send.sendId, country: 'US' }) },
        ]);
      }
    },
  );

  it('calls no other backend when the number is rejected', async () => {
    const backends = [
      scripted('First', fails('unavailable')),
      scripted('Second', fails('rejected')),
      scripted('Third'),
    ];

    expect((await failureOf(failover(backends).sendSms(NUMBER, TEXT))).kind).toBe('rejected');
    expect(attempts(...backends)).toEqual([1, 1, 0]);
  });

  it.each(['throttled', 'unavailable', 'misconfigured', 'unknown'] as const)(
    'tries one more backend after unknown, also when that one is %s',
    async (kind) => {
      const backends = [scripted('First', fails('unknown')), scripted('Second', fails(kind)), scripted('Third')];

      expect((await failureOf(failover(backends).sendSms(NUMBER, TEXT))).kind).toBe('unknown');
      expect(attempts(...backends)).toEqual([1, 1, 0]);
    },
  );

  it('does not count a backend with an open circuit breaker as an attempt', async () => {
    const backends = [
      scripted('First', fails('unknown')),
      scripted('Second', fails('throttled', 60)),
      scripted('Third'),
    ];
    const backend = failover(backends);
    await failureOf(backend.sendSms(NUMBER, TEXT));

    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'Third' });
    expect(attempts(...backends)).toEqual([2, 1, 1]);
  });

  it("tries no other backend after unknown with afterUnknown: 'stop'", async () => {
    const backends = [scripted('First', fails('unavailable')), scripted('Second', fails('unknown')), scripted('Third')];

    const error = await failureOf(failover(backends, { afterUnknown: 'stop' }).sendSms(NUMBER, TEXT));

    expect(error.kind).toBe('unknown');
    expect(attempts(...backends)).toEqual([1, 1, 0]);
  });

  it('counts separately for another message that a backend sends meanwhile', async () => {
    const alarm = failover([scripted('A', fails('unknown')), scripted('B')]);
    const first = scripted('First', async () => {
      await alarm.sendSms(NUMBER, 'First is down');
      throw new SmsDeliveryError('unavailable', 'down');
    });
    const [second, third] = [scripted('Second', fails('unavailable')), scripted('Third')];

    expect(await failover([first, second, third]).sendSms(NUMBER, TEXT)).toEqual({ backend: 'Third' });
  });

  it.each([
    ['never responds', hangs],
    [
      'fails when its signal aborts',
      (send?: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => send?.signal.addEventListener('abort', () => reject(new Error('aborted')))),
    ],
  ])('leaves time for the second when the first %s', async (_name, behaviour) => {
    const second = scripted('Second', () => new Promise((resolve) => setTimeout(resolve, 4999)));
    const sending = failover([scripted('First', behaviour), second]).sendSms(NUMBER, TEXT, sendContext());

    await pass(4999);
    expect(attempts(second)).toEqual([0]);
    await pass(1);
    expect(attempts(second)).toEqual([1]);
    await pass(4999);

    expect(await sending).toEqual({ backend: 'Second' });
  });

  it('gives each backend its own deadline and aborts its signal then', async () => {
    const backends = [scripted('First', hangs), scripted('Second', hangs)];
    const from = Date.now();
    const sending = failureOf(
      failover(backends).sendSms(NUMBER, TEXT, sendContext({ deadline: new Date(from + 20_000) })),
    );

    await pass(5000);
    const [first, second] = backends.map(({ handed }) => handed[0]?.send);

    expect([first?.deadline, second?.deadline].map((deadline) => Number(deadline) - from)).toEqual([5000, 10_000]);
    expect([first?.signal.aborted, second?.signal.aborted]).toEqual([true, false]);
    await pass(5000);
    expect(second?.signal.aborted).toBe(true);
    expect((await sending).kind).toBe('unknown');
  });

  it('never passes on a later deadline than its own', async () => {
    const first = scripted('First');
    const deadline = new Date(Date.now() + 50);

    await failover([first]).sendSms(NUMBER, TEXT, sendContext({ deadline }));

    expect(first.handed[0]?.send?.deadline).toEqual(deadline);
  });

  it('ends at deadlineMs, with the remaining time for the last backend', async () => {
    const slow = (): Promise<never> =>
      new Promise((_resolve, reject) => setTimeout(() => reject(new SmsDeliveryError('unavailable', 'down')), 4500));
    const backends = [scripted('A', slow), scripted('B', slow), scripted('C', hangs), scripted('D')];
    const sending = failureOf(failover(backends, { deadlineMs: 10_000 }).sendSms(NUMBER, TEXT));

    await pass(9999);
    expect(await isSettled(sending)).toBe(false);
    await pass(1);

    expect((await sending).kind).toBe('unknown');
    expect(attempts(...backends)).toEqual([1, 1, 1, 0]);
  });

  it('stops when the caller has aborted', async () => {
    const controller = new AbortController();
    const first = scripted('First', () => {
      controller.abort();
      throw new SmsDeliveryError('unavailable', 'down');
    });
    const second = scripted('Second');

    await failureOf(failover([first, second]).sendSms(NUMBER, TEXT, sendContext({ signal: controller.signal })));

    expect(attempts(second)).toEqual([0]);
  });

  it.each(ODD_THROWS)('tries the next backend after %s was thrown', async (_name, thrown) => {
    for (const behaviour of [
      () => {
        throw thrown();
      },
      () => Promise.reject(thrown()),
    ]) {
      const backends = [scripted('First', behaviour), scripted('Second')];

      expect(await failover(backends).sendSms(NUMBER, TEXT, sendContext())).toEqual({ backend: 'Second' });
      expect(logs.text).toContain('First could not send to +141******71: unknown');
    }
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'queued'],
    ['the response of the provider', { sid: 'SM1' }],
    ['a name that is not a text', { backend: 7 }],
  ])('names the backend that sent the message when it returns %s', async (_name, answer) => {
    const backend = failover([scripted('First', fails('unavailable')), scripted('Second', () => answer)]);

    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'Second' });
  });

  it('returns the receipt of the backend that sent the message, under its name here', async () => {
    const receipt = { backend: 'Own', messageId: 'm-1', segments: 2 };

    expect(await failover([scripted('First', () => receipt)]).sendSms(NUMBER, TEXT, sendContext())).toEqual({
      ...receipt,
      backend: 'First',
    });
  });

  it('logs which backend failed and why, masked, at level error if an operator must act', async () => {
    const first = scripted('First', () => {
      throw new SmsDeliveryError('misconfigured', `Sender refused for ${NUMBER}: "${TEXT}"`, { providerCode: '21606' });
    });

    await failover([first, scripted('Second')]).sendSms(NUMBER, TEXT, sendContext());

    expect(logs.lines).toEqual([
      expect.stringMatching(/^error: First could not send to \+141\*{6}71: misconfigured, code 21606: Sender refused/),
    ]);
    for (const secret of ['481516', NUMBER, NUMBER.slice(1)]) expect(logs.text).not.toContain(secret);
  });

  it.each([
    [['throttled', 'throttled'], 'throttled'],
    [['unavailable', 'unavailable'], 'unavailable'],
    [['misconfigured', 'misconfigured'], 'misconfigured'],
    [['unreachable', 'unreachable'], 'unreachable'],
    [['throttled', 'misconfigured'], 'throttled'],
    [['throttled', 'unavailable'], 'unavailable'],
    [['unreachable', 'misconfigured'], 'misconfigured'],
    [['unreachable', 'unavailable'], 'unavailable'],
    [['unavailable', 'unknown'], 'unknown'],
    [['unknown', 'rejected'], 'unknown'],
    [['throttled', 'rejected'], 'rejected'],
    [['unreachable', 'rejected'], 'rejected'],
  ] as const)('has for failures of the kinds %j the kind %s', async (kinds, kind) => {
    const backends = kinds.map((each, index) => scripted(`Backend${index}`, fails(each)));

    expect((await failureOf(failover(backends).sendSms(NUMBER, TEXT))).kind).toBe(kind);
  });

  it.each([
    [[20, 10], 10],
    [[20, undefined], undefined],
    [[undefined, undefined], undefined],
  ])('has the seconds until the first of its backends accepts messages again: %j', async (waits, expected) => {
    const backends = waits.map((wait, index) => scripted(`Backend${index}`, fails('throttled', wait)));

    const error = await failureOf(failover(backends).sendSms(NUMBER, TEXT));

    expect(error).toMatchObject({ kind: 'throttled', retryAfterSeconds: expected });
  });

  it.each([
    [17, 17],
    [10 ** 9, 3600],
    [-5, 1],
    [0.2, 1],
  ])('does not call a backend that asked for %d seconds, for %d seconds', async (asked, honoured) => {
    const first = scripted('First', fails('throttled', asked));
    const backend = failover([first, scripted('Second')]);
    await backend.sendSms(NUMBER, TEXT);

    await pass(honoured * 1000 - 1);
    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'Second' });
    expect(attempts(first)).toEqual([1]);
    await pass(1);
    await backend.sendSms(NUMBER, TEXT);

    expect(attempts(first)).toEqual([2]);
  });

  it('has the shortest wait when all backends are paused', async () => {
    const backend = failover([scripted('First', fails('throttled', 60)), scripted('Second', fails('throttled', 30))]);
    await failureOf(backend.sendSms(NUMBER, TEXT));
    await pass(10_000);

    expect(await failureOf(backend.sendSms(NUMBER, TEXT))).toMatchObject({ kind: 'throttled', retryAfterSeconds: 20 });
  });

  it('works without a module, with the default limits', async () => {
    const [first, second] = [scripted('First', hangs), scripted('Second')];
    const sending = new FailoverBackend({ backends: [{ backend: first }, { backend: second }] }).sendSms(NUMBER, TEXT);

    await pass(5000);

    expect(await sending).toEqual({ backend: 'Second' });
  });

  it('sends to many numbers, each with its own result', async () => {
    const [bad, good] = [NUMBER, '+447911123456'];
    const first = scripted('First', (_send, number) => {
      throw new SmsDeliveryError(number === bad ? 'rejected' : 'unavailable', 'no');
    });

    expect(await failover([first, scripted('Second')]).sendBulkSms([bad, good], TEXT)).toEqual([
      { number: bad, error: expect.objectContaining({ kind: 'rejected' }) },
      { number: good, receipt: { backend: 'Second' } },
    ]);
  });

  describe('on a resend', () => {
    const names = ['First', 'Second', 'Third'];

    /** The order in which the backends are tried after a previous message. */
    async function order(
      previous: SendContext['previous'],
      onResend?: FailoverBackendOptions['onResend'],
    ): Promise<string[]> {
      const tried: string[] = [];
      const backends = names.map((name) =>
        scripted(name, () => {
          tried.push(name);
          throw new SmsDeliveryError('unreachable', 'no');
        }),
      );
      const options = onResend === undefined ? {} : { onResend };
      await failureOf(failover(backends, options).sendSms(NUMBER, TEXT, sendContext({ sendNumber: 2, previous })));
      return tried;
    }

    it.each([
      [undefined, ['First', 'Second', 'Third']],
      [{ backend: 'First' }, ['Second', 'Third', 'First']],
      [{ backend: 'Second' }, ['Third', 'First', 'Second']],
      [{ backend: 'Third' }, ['First', 'Second', 'Third']],
      [{ backend: 'Somebody' }, ['First', 'Second', 'Third']],
      [{ backend: 'First', delivered: false }, ['Second', 'Third', 'First']],
      [{ backend: 'Second', delivered: true }, ['Second', 'Third', 'First']],
    ])('starts behind the backend of the previous message %j', async (previous, expected) => {
      expect(await order(previous)).toEqual(expected);
    });

    it.each([
      [undefined, ['First', 'Second', 'Third']],
      [{ backend: 'Second' }, ['Second', 'Third', 'First']],
      [{ backend: 'Second', delivered: true }, ['Second', 'Third', 'First']],
      [{ backend: 'Second', delivered: false }, ['Third', 'First', 'Second']],
    ])("starts with it with onResend: 'same', unless it is reported as undelivered: %j", async (previous, expected) => {
      expect(await order(previous, 'same')).toEqual(expected);
    });

    it('finds the backend that took the message inside another composite', async () => {
      const [inner, second] = [scripted('Inner'), scripted('Second')];
      const routing = new RoutingBackend({ routes: [], otherwise: { backend: inner } });
      const backend = failover([routing, second]);
      const { backend: taken } = await backend.sendSms(NUMBER, TEXT, sendContext());

      expect(taken).toBe('Inner');
      expect(await backend.sendSms(NUMBER, TEXT, sendContext({ sendNumber: 2, previous: { backend: taken } }))).toEqual(
        {
          backend: 'Second',
        },
      );
    });
  });

  it('names its backends apart, in receipts, logs and health', async () => {
    const [one, two, three] = [scripted('Gateway'), scripted('Gateway'), scripted('Gateway')];
    const backend = started(
      new FailoverBackend({
        backends: [{ backend: one, name: 'preferred' }, { backend: two }, { backend: three }],
        breaker: { failures: 1 },
      }),
    );

    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'preferred' });
    one.behave = fails('unavailable');
    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'Gateway' });
    two.behave = fails('unavailable');
    expect(await backend.sendSms(NUMBER, TEXT)).toEqual({ backend: 'Gateway#2' });
    expect(openBreakersOf(backend)).toEqual(['preferred', 'Gateway']);
    expect(logs.text).toContain('preferred could not send');
    expect(logs.text).toContain('Gateway could not send');
  });

  const MANY = Array.from({ length: 30 }, (_, index) => `+14155553${100 + index}`);

  it('ends a send to many numbers when the accounts of all backends are at fault', async () => {
    const backends = [scripted('First', fails('misconfigured')), scripted('Second', fails('misconfigured'))];

    const results = await failover(backends).sendBulkSms(MANY, TEXT);

    expect(results.map(({ number }) => number)).toEqual(MANY);
    for (const { error } of results) expect(error).toMatchObject({ kind: 'misconfigured' });
    expect(attempts(...backends)).toEqual([5, 5]);
  });

  it('serves the other numbers when one account is at fault and another provider cannot reach a number', async () => {
    const second = scripted('Second', (_send, number) => {
      if (number === MANY[0]) throw new SmsDeliveryError('unreachable', 'no');
    });

    const results = await failover([scripted('First', fails('misconfigured')), second]).sendBulkSms(MANY, TEXT);

    expect(results[0]?.error).toMatchObject({ kind: 'misconfigured' });
    expect(results.slice(1).map(({ receipt }) => receipt?.backend)).toEqual(Array(29).fill('Second'));
  });

  it('leaves no timer behind', async () => {
    await failover([scripted('First', fails('unknown')), scripted('Second')]).sendSms(NUMBER, TEXT, sendContext());

    expect(vi.getTimerCount()).toBe(0);
  });

  it('ignores a failure that comes after the time limit', async () => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    const late = (): Promise<never> =>
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error('too late')), 6000));
    const sending = failover([scripted('First', late), scripted('Second')]).sendSms(NUMBER, TEXT, sendContext());

    await pass(7000);

    expect(await sending).toEqual({ backend: 'Second' });
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});
