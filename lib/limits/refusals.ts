import { Injectable } from '@nestjs/common';
import { EventPort } from '../observability/event-port.js';
import type { LimitRule } from '../common/limit-rule.js';
import { RateLimitedError } from '../phone-verify.errors.js';
import { type Refusal, RefusalLog } from './refusal-log.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** A limit that a send is beyond, and the epoch milliseconds, by the store's clock, from which it is not. */
export interface Beyond extends Pick<Refusal, 'limit' | 'address' | 'blocked'> {
  readonly rule: LimitRule;
  readonly retryAt: number;
}

/** Tells of sends that are beyond a limit: the log and the events which rule it was, the caller only when to come back. */
@Injectable()
export class Refusals {
  constructor(
    private readonly log: RefusalLog,
    private readonly events: EventPort,
    private readonly time: StoreClock,
  ) {}

  /** Tells of a send that limits refuse, and makes its error: back when the last of them lets it through. */
  refuse(request: SendRequest, beyond: readonly Beyond[]): RateLimitedError {
    for (const one of beyond) this.#tell(request, one, true);
    return new RateLimitedError(Math.max(...beyond.map(({ retryAt }) => this.#secondsUntil(retryAt))));
  }

  /** Tells of a send that the application refuses, and makes its error. */
  refuseForApplication({ number, purpose }: SendRequest, failure?: Error): RateLimitedError {
    const about = { rule: 'application', enforced: true, phoneNumber: number.e164, country: number.country } as const;
    this.log.note({ ...about, failure });
    this.events.publish({ name: 'phone-verify.rate-limited', ...about, purpose, retryAfterSeconds: undefined });
    return new RateLimitedError(undefined, { cause: failure });
  }

  /** Tells of a send that went out beyond limits that only report. */
  report(request: SendRequest, beyond: readonly Beyond[]): void {
    for (const one of beyond) this.#tell(request, one, false);
  }

  #tell({ number, purpose }: SendRequest, { retryAt, ...beyond }: Beyond, enforced: boolean): void {
    const about = { rule: beyond.rule, enforced, phoneNumber: number.e164, country: number.country };
    this.log.note({ ...beyond, ...about });
    this.events.publish({
      name: 'phone-verify.rate-limited',
      ...about,
      purpose,
      retryAfterSeconds: this.#secondsUntil(retryAt),
    });
  }

  #secondsUntil(instant: number): number {
    return Math.max(1, Math.ceil((instant - this.time.now()) / 1000));
  }
}
