import { vi } from 'vitest';
import { BaseBackend, type SendContext, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { prepareBackend } from '../../lib/backends/module-aware.backend.js';

type Behaviour = (send: SendContext | undefined, number: string) => unknown;

/** A backend that records its calls and behaves as a test defines. */
export abstract class ScriptedBackend extends BaseBackend {
  readonly handed: { number: string; message: string; send: SendContext | undefined }[] = [];

  abstract behave: Behaviour;

  override async sendSms(number: string, message: string, send?: SendContext): Promise<void> {
    this.handed.push({ number, message, send });
    return this.behave(send, number) as Promise<void>;
  }
}

/** Creates a backend with a class name, which receipts and logs show. By default it accepts every message. */
export function scripted(name: string, behaviour: Behaviour = () => undefined): ScriptedBackend {
  const named = {
    [name]: class extends ScriptedBackend {
      override behave = behaviour;
    },
  };
  return new named[name]!({});
}

export function fails(kind: SmsDeliveryErrorKind, retryAfterSeconds?: number): Behaviour {
  return () => {
    throw new SmsDeliveryError(kind, `It is ${kind}.`, { retryAfterSeconds });
  };
}

/** Never settles, and ignores the signal. */
export function hangs(): Promise<never> {
  return new Promise(() => undefined);
}

/** Prepares a backend as the start of an application does. */
export function started<T extends BaseBackend<unknown>>(backend: T, limits: { leafMs?: number } = {}): T {
  const leafMs = limits.leafMs ?? 5000;
  prepareBackend(backend, { timeoutMs: leafMs * 2, insideTimeoutMs: leafMs, around: [], resolve: () => undefined });
  return backend;
}

/** Returns what a send throws. */
export async function failureOf(sending: Promise<unknown>): Promise<SmsDeliveryError> {
  const thrown: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof SmsDeliveryError) return thrown;
  throw new TypeError('no SmsDeliveryError was thrown', { cause: thrown });
}

/** Fakes the system clock, the monotonic clock and timers. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
}

/** Advances the time and runs everything that becomes due. */
export async function pass(milliseconds: number): Promise<void> {
  await settle();
  await vi.advanceTimersByTimeAsync(milliseconds);
  await settle();
}

/** Runs all pending callbacks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a promise is settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  await settle();
  return settled;
}
