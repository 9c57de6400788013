import { Injectable } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import { asDeliveryError, type SendContext, type SendReceipt } from '../base.backend.js';
import { reportOf } from '../failure-report.js';
import { ALONE, PREPARE, type Preparation } from '../preparation.js';
import { checkBackendOptions, TIMEOUT_RANGE } from '../provider/provider-options.js';
import { SmsDeliveryError } from '../sms-delivery.error.js';
import { Attempts } from './attempts.js';
import type { Child } from './child.js';
import { type ChildBackendOptions, readChild } from './child-options.js';
import { type BreakerOptions, CircuitBreaker } from './circuit-breaker.js';
import { CompositeBackend } from './composite.backend.js';
import { failureOfAll } from './failure-of-all.js';
import { OPEN_BREAKERS } from './open-breakers.js';

/**
 * Settings of {@link FailoverBackend}.
 *
 * @publicApi
 */
export interface FailoverBackendOptions {
  /** The backends, the preferred one first. */
  readonly backends: readonly ChildBackendOptions[];
  /**
   * Longest that all of them may take together, in milliseconds, 1 to 600 000: at least twice the limit of each, so that
   * one that hangs leaves time for the next. Default 20 000; inside another failover half of that one's.
   */
  readonly deadlineMs?: number;
  /** Whether one further backend is tried when a message may have been sent, or none. Default `'next'`. */
  readonly afterUnknown?: 'next' | 'stop';
  /** When a backend that keeps failing is left alone. */
  readonly breaker?: BreakerOptions;
}

const DEFAULT_DEADLINE_MS = 20_000;
const DEFAULT_BREAKER = { failures: 5, halfOpenAfterMs: 30_000 };

/** A backend with its breaker. */
interface Guarded {
  readonly child: Child;
  readonly breaker: CircuitBreaker;
}

/**
 * Sends through the first of several backends that takes the message. The next one is tried whatever went wrong, unless
 * the number was `rejected`; after a failure that may have sent the message, one further backend at most.
 *
 * @publicApi
 */
@Injectable()
export class FailoverBackend extends CompositeBackend<FailoverBackendOptions> {
  readonly #guarded: readonly Guarded[];
  readonly #isEagerAfterUnknown: boolean;
  #deadlineMs: number | undefined;

  /** @throws {@link PhoneVerifyConfigurationError} with every fault, those of the backends inside included. */
  constructor(options: FailoverBackendOptions) {
    super(options);
    const { children, breaker, afterUnknown } = readOptions(options);
    this.#guarded = children.map((child) => ({ child, breaker: new CircuitBreaker(breaker) }));
    this.#isEagerAfterUnknown = afterUnknown !== 'stop';
  }

  protected override get children(): readonly Child[] {
    return this.#guarded.map(({ child }) => child);
  }

  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt> {
    return Attempts.of(number, message, (attempts) => this.#sendOnce(number, message, send, attempts));
  }

  async #sendOnce(
    number: string,
    message: string,
    send: SendContext | undefined,
    attempts: Attempts,
  ): Promise<SendReceipt> {
    const end = performance.now() + (this.#deadlineMs ?? this[PREPARE](ALONE));
    const report = reportOf(send, number, message);
    const failures: SmsDeliveryError[] = [];
    // A timer may come a fraction of a millisecond early.
    const isOver = (): boolean => send?.signal.aborted === true || performance.now() > end - 1;
    for (const { child, breaker } of this.#guarded) {
      if (attempts.areOver || isOver()) break;
      const limitMs = Math.min(child.limitMs, end - performance.now());
      const failedBefore = attempts.count;
      try {
        return await breaker.run(() => child.send(number, message, send, limitMs), isOver);
      } catch (thrown) {
        const error = asDeliveryError(thrown);
        report(child.name, error);
        failures.push(error);
        attempts.note(error, failedBefore);
        if (error.kind === 'rejected' || (error.kind === 'unknown' && !this.#isEagerAfterUnknown)) break;
      }
    }
    throw failureOfAll(failures);
  }

  /** @internal */
  override [OPEN_BREAKERS](): readonly string[] {
    const own = this.#guarded.filter(({ breaker }) => breaker.isOpen).map(({ child }) => child.name);
    return [...own, ...super[OPEN_BREAKERS]()];
  }

  /** @internal */
  override [PREPARE](preparation: Preparation): number {
    const { insideTimeoutMs: timeoutMs, shareMs = Number.POSITIVE_INFINITY } = preparation;
    const deadlineMs = this.options.deadlineMs ?? Math.min(DEFAULT_DEADLINE_MS, shareMs);
    for (const { child } of this.#guarded) {
      child.prepare({ ...preparation, timeoutMs, shareMs: deadlineMs / 2 });
      if (child.limitMs * 2 <= deadlineMs) continue;
      throw new PhoneVerifyConfigurationError(
        `options.deadlineMs: ${deadlineMs} ms leave no time for the next backend when ${child.name}, ` +
          `which may take ${child.limitMs} ms, hangs; give at least ${child.limitMs * 2}, or a shorter time limit to the backend`,
      );
    }
    this.#deadlineMs = deadlineMs;
    return deadlineMs;
  }
}

interface ReadOptions {
  readonly children: readonly Child[];
  readonly breaker: Required<BreakerOptions>;
  readonly afterUnknown: unknown;
}

function readOptions(options: unknown): ReadOptions {
  const children: Child[] = [];
  let breaker = DEFAULT_BREAKER;
  let afterUnknown: unknown;
  checkBackendOptions(options, ['backends', 'deadlineMs', 'afterUnknown', 'breaker'], (reader) => {
    const given = reader.value('backends');
    if (!Array.isArray(given) || given.length === 0) reader.fault('backends', 'must be a list of at least one backend');
    else {
      for (const [index, each] of given.entries()) {
        const child = readChild(each, `options.backends[${index}]`, reader.faults);
        if (child !== undefined) children.push(child);
      }
    }
    reader.integer('deadlineMs', TIMEOUT_RANGE, DEFAULT_DEADLINE_MS);
    afterUnknown = reader.value('afterUnknown');
    if (![undefined, 'next', 'stop'].some((known) => known === afterUnknown)) {
      reader.fault('afterUnknown', "must be 'next' or 'stop'");
    }
    const breakerReader = reader.nested('breaker', ['failures', 'halfOpenAfterMs']);
    breaker = {
      failures: breakerReader.integer('failures', { from: 1, to: 1000 }, DEFAULT_BREAKER.failures),
      halfOpenAfterMs: breakerReader.integer(
        'halfOpenAfterMs',
        { from: 1, to: 3_600_000 },
        DEFAULT_BREAKER.halfOpenAfterMs,
      ),
    };
  });
  return { children, breaker, afterUnknown };
}
