import { Injectable } from '@nestjs/common';
import { EventPublisher } from '../observability/event-publisher.js';
import { RateLimitedError } from '../phone-verify.errors.js';
import { type Refusal, RefusalLog } from './refusal-log.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** A refusal that ends. */
export interface TimedRefusal extends Refusal {
  /** Epoch milliseconds, by the store's clock, at which the rule no longer refuses. */
  readonly retryAt: number;
}

/** Reports refused sends: the log and the events name the rule, the caller learns only when to retry. */
@Injectable()
export class Refusals {
  constructor(
    private readonly log: RefusalLog,
    private readonly events: EventPublisher,
    private readonly time: StoreClock,
  ) {}

  /** Reports a send that rules refuse, and creates its error: retry when the last of them ends. */
  refuse(request: SendRequest, refusals: readonly TimedRefusal[]): RateLimitedError {
    for (const refusal of refusals) this.#publish(request, refusal, { enforced: true, retryAt: refusal.retryAt });
    return new RateLimitedError(Math.max(...refusals.map(({ retryAt }) => this.#secondsUntil(retryAt))));
  }

  /** Reports a send that is refused without a time at which to retry, and creates its error. */
  refuseWithoutEnd(request: SendRequest, refusal: Refusal, cause?: Error): RateLimitedError {
    this.#publish(request, refusal, { enforced: true, retryAt: undefined });
    return new RateLimitedError(undefined, { cause });
  }

  /** Reports a send that exceeds limits that only report. */
  report(request: SendRequest, refusals: readonly TimedRefusal[]): void {
    for (const refusal of refusals) this.#publish(request, refusal, { enforced: false, retryAt: refusal.retryAt });
  }

  #publish(
    { number, purpose }: SendRequest,
    { rule, option, reason, advice }: Refusal,
    { enforced, retryAt }: { readonly enforced: boolean; readonly retryAt: number | undefined },
  ): void {
    const { e164: phoneNumber, country } = number;
    this.log.record({ rule, option, reason, advice, enforced, phoneNumber, country });
    this.events.publish({
      name: 'phone-verify.rate-limited',
      rule,
      enforced,
      phoneNumber,
      country,
      purpose,
      retryAfterSeconds: retryAt === undefined ? undefined : this.#secondsUntil(retryAt),
    });
  }

  #secondsUntil(instant: number): number {
    return Math.max(1, Math.ceil((instant - this.time.now()) / 1000));
  }
}
