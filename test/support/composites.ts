import { vi } from 'vitest';
import { BaseBackend, type SendContext, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { prepareBackend } from '../../lib/backends/module-aware.backend.js';

type Behaviour = (send: SendContext | undefined, number: string) => unknown;

/** A backend that keeps what it was handed and then does what a test says. */
export abstract class ScriptedBackend extends BaseBackend {
  readonly handed: { number: string; message: string; send: SendContext | undefined }[] = [];

  abstract behave: Behaviour;

  override async sendSms(number: string, message: string, send?: SendContext): Promise<void> {
    this.handed.push({ number, message, send });
    return this.behave(send, number) as Promise<void>;
  }
}

/** A backend of a class with a name, by which receipts and logs call it. Takes every message unless told otherwise. */
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

/** Never answers, whatever the signal says. */
export function hangs(): Promise<never> {
  return new Promise(() => undefined);
}

/** The backend as it is once the application has started. */
export function started<T extends BaseBackend<unknown>>(backend: T, limits: { leafMs?: number } = {}): T {
  const leafMs = limits.leafMs ?? 5000;
  prepareBackend(backend, { timeoutMs: leafMs * 2, insideTimeoutMs: leafMs, around: [], resolve: () => undefined });
  return backend;
}

/** What a send throws. */
export async function failureOf(sending: Promise<unknown>): Promise<SmsDeliveryError> {
  const thrown: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof SmsDeliveryError) return thrown;
  throw new TypeError('no SmsDeliveryError was thrown', { cause: thrown });
}

/** Stops time, both the clock on the wall and the one that only runs forward. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
}

/** Lets time pass, and what it set off come to its end. */
export async function pass(milliseconds: number): Promise<void> {
  await settle();
  await vi.advanceTimersByTimeAsync(milliseconds);
  await settle();
}

/** Lets everything go on that waits for no time. */
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
