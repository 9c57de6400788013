import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailoverBackend, SmsDeliveryError } from '../../../lib/index.js';
import { CircuitBreaker, CircuitOpenError } from '../../../lib/backends/composite/circuit-breaker.js';
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

const down = async (): Promise<never> => {
  throw new SmsDeliveryError('unavailable', 'down');
};
const up = async (): Promise<string> => 'sent';

/** Whether the breaker lets a message through to the backend. */
async function calls(breaker: CircuitBreaker, send: () => Promise<unknown> = up): Promise<boolean> {
  const spied = vi.fn(send);
  await breaker.run(spied).catch(() => undefined);
  return spied.mock.calls.length > 0;
}

/** A send that ends when the test says so. */
class PendingSend {
  succeed: () => void = () => undefined;
  fail: () => void = () => undefined;

  readonly send = (): Promise<string> =>
    new Promise((resolve, reject) => {
      this.succeed = () => resolve('sent');
      this.fail = () => reject(new SmsDeliveryError('unavailable', 'down'));
    });
}

describe('a circuit breaker', () => {
  let now: number;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    now = 1000;
    breaker = new CircuitBreaker(OPTIONS, () => now);
  });

  async function open(): Promise<void> {
    for (let failure = 0; failure < OPTIONS.failures; failure += 1) await failureOf(breaker.run(down));
  }

  it('opens after its number of failures in a row, and then fails without a call', async () => {
    for (let failure = 0; failure < 3; failure += 1) expect(await calls(breaker, down)).toBe(true);

    const send = vi.fn(up);
    const error = await failureOf(breaker.run(send));

    expect(send).not.toHaveBeenCalled();
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error.kind).toBe('unavailable');
  });

  it('says whether it is open', async () => {
    expect(breaker.isOpen).toBe(false);
    await open();
    expect(breaker.isOpen).toBe(true);
    now += 30_000;
    expect(breaker.isOpen).toBe(true);
    await breaker.run(up);
    expect(breaker.isOpen).toBe(false);
  });

  it('counts only failures in a row', async () => {
    for (const send of [down, down, up, down, down]) await calls(breaker, send);

    expect(await calls(breaker)).toBe(true);
  });

  it.each(['throttled', 'unavailable', 'misconfigured', 'unknown'] as const)('counts %s as a failure', async (kind) => {
    for (let failure = 0; failure < 3; failure += 1) {
      await failureOf(breaker.run(() => Promise.reject(new SmsDeliveryError(kind, kind))));
    }

    expect(await calls(breaker)).toBe(false);
  });

  it.each(['rejected', 'unreachable'] as const)(
    'does not open for numbers that are %s, which show that the provider works',
    async (kind) => {
      const refuses = (): Promise<never> => Promise.reject(new SmsDeliveryError(kind, 'not this number'));

      for (let count = 0; count < 10; count += 1) {
        expect(await failureOf(breaker.run(refuses))).toMatchObject({ kind, message: 'not this number' });
      }
      for (const send of [down, down, refuses, down, down]) await calls(breaker, send);

      expect(await calls(breaker)).toBe(true);
    },
  );

  it('stays open for its time, not a millisecond less', async () => {
    await open();

    now += 29_999;
    expect(await calls(breaker)).toBe(false);
    now += 1;
    expect(await calls(breaker)).toBe(true);
  });

  it('closes when the probe succeeds, and then needs as many failures as at first', async () => {
    await open();
    now += 30_000;
    expect(await breaker.run(up)).toBe('sent');

    for (const send of [down, down]) expect(await calls(breaker, send)).toBe(true);
    expect(await calls(breaker, down)).toBe(true);
    expect(await calls(breaker)).toBe(false);
  });

  it('closes when the probe finds a rejected number', async () => {
    await open();
    now += 30_000;
    await failureOf(breaker.run(() => Promise.reject(new SmsDeliveryError('rejected', 'no'))));

    expect(await calls(breaker)).toBe(true);
  });

  it('stays open for as long again when the probe fails', async () => {
    await open();
    now += 30_000;
    expect(await calls(breaker, down)).toBe(true);

    expect(await calls(breaker)).toBe(false);
    now += 29_999;
    expect(await calls(breaker)).toBe(false);
    now += 1;
    expect(await calls(breaker)).toBe(true);
  });

  it('probes with one message, for which the others do not wait', async () => {
    await open();
    now += 30_000;
    const pending = new PendingSend();
    const probe = breaker.run(pending.send);

    const others = Array.from({ length: 20 }, () => failureOf(breaker.run(up)));
    expect(await isSettled(Promise.all(others))).toBe(true);
    expect(await isSettled(probe)).toBe(false);
    for (const error of await Promise.all(others)) expect(error).toBeInstanceOf(CircuitOpenError);

    pending.succeed();
    expect(await probe).toBe('sent');
    expect(await calls(breaker)).toBe(true);
  });

  it('probes with one message when many come at the same moment', async () => {
    await open();
    now += 30_000;
    const send = vi.fn(up);

    await Promise.allSettled(Array.from({ length: 20 }, () => breaker.run(send)));

    expect(send.mock.calls.length).toBe(1);
  });

  it('is not closed by a message that was on its way when it opened', async () => {
    const pending = new PendingSend();
    const early = breaker.run(pending.send);
    await open();

    pending.succeed();
    await early;

    expect(await calls(breaker)).toBe(false);
  });

  it('is not kept open longer by a message that was on its way when it opened', async () => {
    const pending = new PendingSend();
    const early = failureOf(breaker.run(pending.send));
    await open();
    now += 29_999;

    pending.fail();
    await early;
    now += 1;

    expect(await calls(breaker)).toBe(true);
  });

  it('lets no second message probe when one that was on its way before fails during the probe', async () => {
    const [before, probe] = [new PendingSend(), new PendingSend()];
    const early = failureOf(breaker.run(before.send));
    await open();
    now += 30_000;
    const probing = breaker.run(probe.send);

    before.fail();
    await early;
    expect(await calls(breaker)).toBe(false);
    probe.succeed();
    await probing;

    expect(await calls(breaker)).toBe(true);
  });

  it('pauses for as long as the provider asked', async () => {
    await failureOf(
      breaker.run(() => Promise.reject(new SmsDeliveryError('throttled', '429', { retryAfterSeconds: 60 }))),
    );
    expect(breaker.isOpen).toBe(true);

    now += 20_000;
    expect(await failureOf(breaker.run(up))).toMatchObject({ kind: 'throttled', retryAfterSeconds: 40 });
    now += 40_000;
    expect(await calls(breaker)).toBe(true);
  });

  it('does not count the failure of a send that was cut short', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect(await failureOf(breaker.run(down, () => true))).toMatchObject({ kind: 'unavailable', message: 'down' });
    }
    expect(await calls(breaker)).toBe(true);

    await calls(breaker, down);
    await calls(breaker, down);
    await failureOf(breaker.run(down, () => true));
    await calls(breaker, down);
    expect(await calls(breaker)).toBe(false);
  });

  it('stays open after a probe that was cut short', async () => {
    await open();
    now += 30_000;

    await failureOf(breaker.run(down, () => true));

    expect(await calls(breaker)).toBe(false);
  });
});

describe('the circuit breakers of a failover', () => {
  beforeEach(() => {
    stopTime();
    Logger.overrideLogger(false);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('keep their time when the system clock is set forward or back', async () => {
    const first = scripted('First', fails('unavailable'));
    const backend = started(
      new FailoverBackend({
        backends: [{ backend: first }, { backend: scripted('Second') }],
        breaker: { failures: 1, halfOpenAfterMs: 30_000 },
      }),
    );
    await backend.sendSms(NUMBER, 'x');

    vi.setSystemTime(Date.now() + 3_600_000);
    await backend.sendSms(NUMBER, 'x');
    expect(first.handed).toHaveLength(1);
    vi.setSystemTime(Date.now() - 7_200_000);
    await pass(30_000);
    await backend.sendSms(NUMBER, 'x');
    expect(first.handed).toHaveLength(2);
  });

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

  it('open for a backend that hangs, so that later messages do not wait', async () => {
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

  it('do not open for sends that the caller aborted', async () => {
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

  it('do not open for a backend that had only the remaining time', async () => {
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
});
