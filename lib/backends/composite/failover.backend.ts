import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import { asDeliveryError, type BulkSendResult, type PreviousSend, sendToEach } from '../base.backend.js';
import type { ModuleSettings, ReportedSend } from '../module-aware.backend.js';
import { checkBackendOptions, TIMEOUT_RANGE } from '../provider/provider-options.js';
import type { Child } from './child.js';
import { type ChildBackendOptions, readChild } from './child-options.js';
import { type BreakerOptions, CircuitBreaker, CircuitOpenError } from './circuit-breaker.js';
import { CompositeBackend } from './composite.backend.js';
import { failureOfAll, isOfAllAccounts } from './failure-of-all.js';

/**
 * Settings of {@link FailoverBackend}.
 *
 * @publicApi
 */
export interface FailoverBackendOptions {
  /** The backends, the preferred one first. */
  readonly backends: readonly ChildBackendOptions[];
  /**
   * Maximum duration of all of them together, in milliseconds, 1 to 600 000: at least twice the time limit of each, so
   * that one that hangs leaves time for the next. Default 20 000.
   */
  readonly deadlineMs?: number;
  /** Whether one more backend is tried when a message may have been sent, or none. Default `'next'`. */
  readonly afterUnknown?: 'next' | 'stop';
  /**
   * Where a resend starts: behind the backend that took the last message (`'next'`), so that a message that one provider
   * lost is delivered by another, or with it (`'same'`). Default `'next'`.
   */
  readonly onResend?: 'next' | 'same';
  /** When a backend that keeps failing is not called for a time. */
  readonly breaker?: BreakerOptions;
}

const DEFAULT_DEADLINE_MS = 20_000;
const DEFAULT_BREAKER = { failures: 5, halfOpenAfterMs: 30_000 };

/** A backend with its circuit breaker. */
interface GuardedChild {
  readonly child: Child;
  readonly breaker: CircuitBreaker;
}

/**
 * Sends through the first of several backends that accepts the message. After a failure it tries the next one, unless
 * the number was `rejected`. After a failure that may have sent the message, it tries one more at most.
 *
 * @publicApi
 */
@Injectable()
export class FailoverBackend extends CompositeBackend<FailoverBackendOptions> {
  readonly #guarded: readonly GuardedChild[];
  readonly #deadlineMs: number;
  readonly #attemptsAfterUnknown: number;
  readonly #onResend: 'next' | 'same';

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors, those of the backends inside included. */
  constructor(options: FailoverBackendOptions) {
    super(options);
    const { children, breaker, deadlineMs, afterUnknown, onResend } = readOptions(options);
    this.#guarded = children.map((child) => ({ child, breaker: new CircuitBreaker(breaker) }));
    this.#deadlineMs = deadlineMs;
    this.#attemptsAfterUnknown = afterUnknown === 'stop' ? 0 : 1;
    this.#onResend = onResend === 'same' ? 'same' : 'next';
  }

  protected override get children(): readonly Child[] {
    return this.#guarded.map(({ child }) => child);
  }

  /** @internal */
  protected override async sendInside(sending: ReportedSend): Promise<SendReceipt> {
    const end = performance.now() + this.#deadlineMs;
    // A timer may fire a fraction of a millisecond early.
    const isTimeUp = (): boolean => sending.send?.signal.aborted === true || performance.now() > end - 1;
    const failures: SmsDeliveryError[] = [];
    let attemptsLeft = Number.POSITIVE_INFINITY;
    for (const { child, breaker } of this.#inOrder(sending.send?.previous)) {
      if (attemptsLeft === 0 || isTimeUp()) break;
      const limitMs = Math.min(child.limitMs, end - performance.now());
      try {
        return await breaker.run(() => child.send(sending, limitMs), isTimeUp);
      } catch (thrown) {
        const error = asDeliveryError(thrown);
        sending.report(child.name, error);
        failures.push(error);
        if (error.kind === 'rejected') break;
        // A backend that was not called is not an attempt.
        if (!(error instanceof CircuitOpenError)) attemptsLeft -= 1;
        if (error.kind === 'unknown') attemptsLeft = Math.min(attemptsLeft, this.#attemptsAfterUnknown);
      }
    }
    throw failureOfAll(failures);
  }

  /** The backends in the order in which they are tried. The first one follows the last. */
  #inOrder(previous: PreviousSend | undefined): readonly GuardedChild[] {
    if (previous === undefined) return this.#guarded;
    const last = this.#guarded.findIndex(({ child }) => child.receiptNames.includes(previous.backend));
    if (last < 0) return this.#guarded;
    const { delivered } = previous;
    const isSame = delivered === true || (this.#onResend === 'same' && delivered !== false);
    const start = isSame ? last : last + 1;
    return [...this.#guarded.slice(start), ...this.#guarded.slice(0, start)];
  }

  /**
   * Sends one message to many numbers, a few at a time. It ends when the accounts of all backends are at fault
   * (`misconfigured`): the numbers that were not tried have the same error.
   */
  override async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    return sendToEach(numbers, (number) => this.sendSms(number, message), isOfAllAccounts);
  }

  /** @internal */
  override prepareForModule(settings: ModuleSettings): number {
    // This one is the first.
    if (settings.around.filter((backend) => backend instanceof FailoverBackend).length > 1) {
      throw new PhoneVerifyConfigurationError(
        `backend: ${this.constructor.name} is a failover inside a failover; put its backends into the outer one, ` +
          'or put a failover into each route of a RoutingBackend',
      );
    }
    return super.prepareForModule(settings);
  }

  /** @internal */
  override openBreakers(): readonly string[] {
    const own = this.#guarded.filter(({ breaker }) => breaker.isOpen).map(({ child }) => child.name);
    return [...own, ...super.openBreakers()];
  }

  /** @internal */
  protected override findTimeLimit(): number {
    for (const { name, limitMs } of this.children) {
      if (limitMs * 2 <= this.#deadlineMs) continue;
      throw new PhoneVerifyConfigurationError(
        `options.deadlineMs: ${this.#deadlineMs} ms leave no time for the next backend when ${name}, ` +
          `which may take ${limitMs} ms, hangs; give at least ${limitMs * 2}, or a shorter time limit to the backend`,
      );
    }
    return this.#deadlineMs;
  }
}

interface ReadOptions {
  readonly children: readonly Child[];
  readonly breaker: Required<BreakerOptions>;
  readonly deadlineMs: number;
  readonly afterUnknown: unknown;
  readonly onResend: unknown;
}

function readOptions(options: unknown): ReadOptions {
  const children: Child[] = [];
  let breaker = DEFAULT_BREAKER;
  let deadlineMs = DEFAULT_DEADLINE_MS;
  let afterUnknown: unknown;
  let onResend: unknown;
  checkBackendOptions(options, ['backends', 'deadlineMs', 'afterUnknown', 'onResend', 'breaker'], (reader) => {
    const given = reader.value('backends');
    if (!Array.isArray(given) || given.length === 0) reader.fault('backends', 'must be a list of at least one backend');
    else {
      for (const [index, each] of given.entries()) {
        const child = readChild(each, `options.backends[${index}]`, reader.faults);
        if (child !== undefined) children.push(child);
      }
    }
    deadlineMs = reader.integer('deadlineMs', TIMEOUT_RANGE, DEFAULT_DEADLINE_MS);
    afterUnknown = reader.value('afterUnknown');
    if (![undefined, 'next', 'stop'].some((known) => known === afterUnknown)) {
      reader.fault('afterUnknown', "must be 'next' or 'stop'");
    }
    onResend = reader.value('onResend');
    if (![undefined, 'next', 'same'].some((known) => known === onResend)) {
      reader.fault('onResend', "must be 'next' or 'same'");
    }
    const breakerReader = reader.nested('breaker', ['failures', 'halfOpenAfterMs']);
    breaker = {
      failures: breakerReader.integer('failures', { unit: 'failures', from: 1, to: 1000 }, DEFAULT_BREAKER.failures),
      halfOpenAfterMs: breakerReader.integer(
        'halfOpenAfterMs',
        { unit: 'milliseconds', from: 1, to: 3_600_000 },
        DEFAULT_BREAKER.halfOpenAfterMs,
      ),
    };
  });
  return { children, breaker, deadlineMs, afterUnknown, onResend };
}
