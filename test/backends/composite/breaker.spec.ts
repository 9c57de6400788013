import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailoverBackend, SmsDeliveryError } from '../../../lib/index.js';
import { CircuitBreaker, isRefusal } from '../../../lib/backends/composite/circuit-breaker.js';
import {
  failureOf,
  fails,
  hangs,
  isSettled,
  pass,
  scripted,
  settle,
  started,
  stopTime,
} from '../../support/composites.js';
import { sendContext } from '../../support/provider-faults.js';
import { NUMBER } from '../../support/requests.js';

const OPTIONS = { failures: 3, halfOpenAfterMs: 30_000 };

beforeEach(() => {
  stopTime();
  Logger.overrideLogger(false);
});

afterEach(() => {
  vi.useRealTimers();
});

const down = async (): Promise<never> => {
  throw new SmsDeliveryError('unavailable', 'down');
};
const up = async (): Promise<string> => 'sent';

async function open(breaker = new CircuitBreaker(OPTIONS)): Promise<CircuitBreaker> {
  for (let failure = 0; failure < OPTIONS.failures; failure += 1) await failureOf(breaker.run(down));
  return breaker;
}

/** Whether the breaker lets a message through to the backend. */
async function asks(breaker: CircuitBreaker, send: () => Promise<unknown> = up): Promise<boolean> {
  const spied = vi.fn(send);
  await breaker.run(spied).catch(() => undefined);
  return spied.mock.calls.length > 0;
}

describe('a breaker', () => {
  it('opens after so many failures in a row, and then fails at once', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    for (let failure = 0; failure < 3; failure += 1) expect(await asks(breaker, down)).toBe(true);

    const send = vi.fn(up);
    const error = await failureOf(breaker.run(send));

    expect(send).not.toHaveBeenCalled();
    expect(error.kind).toBe('unavailable');
    expect(isRefusal(error)).toBe(true);
  });

  it('counts failures in a row only', async () => {
    const breaker = new CircuitBreaker(OPTIONS);

    for (const send of [down, down, up, down, down]) await asks(breaker, send);

    expect(await asks(breaker)).toBe(true);
  });

  it.each(['throttled', 'unavailable', 'misconfigured', 'unknown'] as const)('opens after %s', async (kind) => {
    const breaker = new CircuitBreaker(OPTIONS);
    for (let failure = 0; failure < 3; failure += 1) {
      await failureOf(breaker.run(() => Promise.reject(new SmsDeliveryError(kind, kind))));
    }

    expect(await asks(breaker)).toBe(false);
  });

  it('does not open for rejected numbers, which show that the provider works', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const rejects = (): Promise<never> => Promise.reject(new SmsDeliveryError('rejected', 'no such number'));

    for (let count = 0; count < 10; count += 1) {
      expect(await failureOf(breaker.run(rejects))).toMatchObject({ kind: 'rejected', message: 'no such number' });
    }
    for (const send of [down, down, rejects, down, down]) await asks(breaker, send);

    expect(await asks(breaker)).toBe(true);
  });

  it('stays open for its time, not a millisecond less', async () => {
    const breaker = await open();

    await pass(29_999);
    expect(await asks(breaker)).toBe(false);
    await pass(1);
    expect(await asks(breaker)).toBe(true);
  });

  it('closes when the trial succeeds, and opens as late as at first', async () => {
    const breaker = await open();
    await pass(30_000);
    expect(await breaker.run(up)).toBe('sent');

    for (const send of [down, down]) expect(await asks(breaker, send)).toBe(true);
    expect(await asks(breaker, down)).toBe(true);
    expect(await asks(breaker)).toBe(false);
  });

  it('closes when the trial finds a rejected number', async () => {
    const breaker = await open();
    await pass(30_000);
    await failureOf(breaker.run(() => Promise.reject(new SmsDeliveryError('rejected', 'no'))));

    expect(await asks(breaker)).toBe(true);
  });

  it('stays open for as long again when the trial fails', async () => {
    const breaker = await open();
    await pass(30_000);
    expect(await asks(breaker, down)).toBe(true);

    expect(await asks(breaker)).toBe(false);
    await pass(29_999);
    expect(await asks(breaker)).toBe(false);
    await pass(1);
    expect(await asks(breaker)).toBe(true);
  });

  it('tries with one message, for which the others do not wait', async () => {
    const breaker = await open();
    await pass(30_000);
    let answer: (text: string) => void = () => undefined;
    const trial = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await settle();

    const others = Array.from({ length: 20 }, () => failureOf(breaker.run(up)));
    expect(await isSettled(Promise.all(others))).toBe(true);
    expect(await isSettled(trial)).toBe(false);
    for (const error of await Promise.all(others)) expect(isRefusal(error)).toBe(true);

    answer('back');
    expect(await trial).toBe('back');
    expect(await asks(breaker)).toBe(true);
  });

  it('tries with one message when many come at the very moment', async () => {
    const breaker = await open();
    await pass(30_000);
    const send = vi.fn(up);

    await Promise.allSettled(Array.from({ length: 20 }, () => breaker.run(send)));

    expect(send.mock.calls.length).toBe(1);
  });

  it('keeps its time when the clock on the wall is set back or forward', async () => {
    const breaker = await open();

    vi.setSystemTime(Date.now() + 3_600_000);
    expect(await asks(breaker)).toBe(false);
    vi.setSystemTime(Date.now() - 7_200_000);
    await pass(30_000);
    expect(await asks(breaker)).toBe(true);
  });

  it('rests for as long as the provider asked, whatever else it knows', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    await failureOf(
      breaker.run(() => Promise.reject(new SmsDeliveryError('throttled', '429', { retryAfterSeconds: 60 }))),
    );

    await pass(20_000);
    expect(await failureOf(breaker.run(up))).toMatchObject({ kind: 'throttled', retryAfterSeconds: 40 });
    await pass(40_000);
    expect(await asks(breaker)).toBe(true);
  });

  it('does not blame a backend for a send that was cut short', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    for (let count = 0; count < 10; count += 1) {
      expect(await failureOf(breaker.run(down, () => true))).toMatchObject({ kind: 'unavailable', message: 'down' });
    }
    expect(await asks(breaker)).toBe(true);

    await asks(breaker, down);
    await asks(breaker, down);
    await failureOf(breaker.run(down, () => true));
    await asks(breaker, down);
    expect(await asks(breaker)).toBe(false);
  });

  it('stays open after a trial that was cut short', async () => {
    const breaker = await open();
    await pass(30_000);

    await failureOf(breaker.run(down, () => true));

    expect(await asks(breaker)).toBe(false);
  });
});

describe('the breakers of a failover', () => {
  it('are one for each backend, with the settings of the failover', async () => {
    const [first, second] = [scripted('First', fails('unavailable')), scripted('Second')];
    const backend = started(
      new FailoverBackend({
        backends: [{ backend: first }, { backend: second }],
        breaker: { failures: 2, halfOpenAfterMs: 1000 },
      }),
    );

    for (let count = 0; count < 5; count += 1)
      expect(await backend.sendSms(NUMBER, 'x')).toEqual({ backend: 'Second' });
    expect(first.handed).toHaveLength(2);

    first.behave = () => undefined;
    await pass(1000);
    expect(await backend.sendSms(NUMBER, 'x')).toEqual({ backend: 'First' });
    expect(await backend.sendSms(NUMBER, 'x')).toEqual({ backend: 'First' });
    expect(second.handed).toHaveLength(5);
  });

  it('open by default after five failures for half a minute', async () => {
    const first = scripted('First', fails('unavailable'));
    const backend = started(new FailoverBackend({ backends: [{ backend: first }, { backend: scripted('Second') }] }));

    for (let count = 0; count < 8; count += 1) await backend.sendSms(NUMBER, 'x');
    expect(first.handed).toHaveLength(5);
    await pass(29_999);
    await backend.sendSms(NUMBER, 'x');
    expect(first.handed).toHaveLength(5);
    await pass(1);
    await backend.sendSms(NUMBER, 'x');
    expect(first.handed).toHaveLength(6);
  });

  it('open for a backend that hangs, so that later messages lose no time', async () => {
    const first = scripted('First', hangs);
    const backend = started(
      new FailoverBackend({
        backends: [{ backend: first }, { backend: scripted('Second') }],
        breaker: { failures: 1 },
      }),
    );
    const slow = backend.sendSms(NUMBER, 'x', sendContext());
    await pass(5000);
    await slow;

    expect(await isSettled(backend.sendSms(NUMBER, 'x', sendContext()))).toBe(true);
    expect(first.handed).toHaveLength(1);
  });

  it('do not open for what ended because the caller gave up', async () => {
    const first = scripted(
      'First',
      (send) => new Promise((_resolve, reject) => send?.signal.addEventListener('abort', () => reject(new Error()))),
    );
    const backend = started(new FailoverBackend({ backends: [{ backend: first }], breaker: { failures: 1 } }));
    for (let count = 0; count < 3; count += 1) {
      const controller = new AbortController();
      const sending = failureOf(backend.sendSms(NUMBER, 'x', sendContext({ signal: controller.signal })));
      await settle();
      controller.abort();
      await sending;
    }

    expect(first.handed).toHaveLength(3);
  });

  it('do not open for a backend that got only the time that others left', async () => {
    const slowly = (): Promise<never> =>
      new Promise((_resolve, reject) => setTimeout(() => reject(new SmsDeliveryError('unavailable', 'down')), 4900));
    const last = scripted('Last', () => new Promise((resolve) => setTimeout(resolve, 1000)));
    const backend = started(
      new FailoverBackend({
        backends: [{ backend: scripted('A', slowly) }, { backend: scripted('B', slowly) }, { backend: last }],
        deadlineMs: 10_000,
        breaker: { failures: 2 },
      }),
    );
    for (let count = 0; count < 2; count += 1) {
      const sending = failureOf(backend.sendSms(NUMBER, 'x'));
      await pass(10_000);
      await sending;
    }

    const sending = backend.sendSms(NUMBER, 'x');
    await pass(1000);

    expect(await sending).toEqual({ backend: 'Last' });
  });

  it('count for no try when all of a nested failover are open', async () => {
    const inner = new FailoverBackend({
      backends: [{ backend: scripted('A', fails('unavailable')) }, { backend: scripted('B', fails('unavailable')) }],
      breaker: { failures: 1 },
    });
    const [first, last] = [scripted('First', fails('unavailable')), scripted('Last')];
    const backend = started(
      new FailoverBackend({ backends: [{ backend: first }, { backend: inner }, { backend: last }] }),
    );
    expect(await backend.sendSms(NUMBER, 'x')).toEqual({ backend: 'Last' });
    first.behave = fails('unknown');

    expect(await backend.sendSms(NUMBER, 'x')).toEqual({ backend: 'Last' });
  });
});
