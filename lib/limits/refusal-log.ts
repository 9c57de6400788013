import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../common/time.js';
import { maskPhoneNumber } from '../common/redaction.js';
import type { RateLimitedEvent } from '../observability/phone-verify-event.js';
import { PHONE_VERIFY_CLOCK } from '../phone-verify.tokens.js';

/** Why a rule refuses a message, for the operator. */
export interface Refusal extends Pick<RateLimitedEvent, 'rule'> {
  /** The option that refuses, such as `limits.perIp`. */
  readonly option: string;
  readonly reason: string;
  /** What to change if the rule refuses legitimate users. */
  readonly advice: string;
}

/** A refusal and the message that it is about. A refusal that is not enforced let the message through. */
export interface LoggedRefusal extends Refusal, Pick<RateLimitedEvent, 'enforced' | 'phoneNumber' | 'country'> {}

/** The last line about a rule, and how many refusals followed that were not logged. */
interface LastLine {
  readonly refusal: Pick<LoggedRefusal, 'option' | 'enforced'>;
  readonly at: number;
  notLogged: number;
}

const MINUTE_MS = 60_000;

/**
 * Logs what the limits refuse: one line a minute for each rule, however many messages it refuses, because an attack must
 * not fill the log.
 */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  readonly #logger = new Logger('PhoneVerify');
  readonly #lastLines = new Map<string, LastLine>();

  constructor(@Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock) {}

  /** Logs a refusal if its rule was not logged for a minute, otherwise counts it. */
  record(refusal: LoggedRefusal): void {
    const key = `${refusal.rule} ${refusal.enforced}`;
    const now = this.clock.now();
    const last = this.#lastLines.get(key);
    // A clock that was set back would otherwise silence the rule until it shows that time again.
    if (last !== undefined && now >= last.at && now < last.at + MINUTE_MS) {
      last.notLogged += 1;
      return;
    }
    const notLogged = last?.notLogged ?? 0;
    this.#lastLines.set(key, { refusal, at: now, notLogged: 0 });
    this.#write(refusal, lineOf(refusal) + (notLogged === 0 ? '' : ` ${notLogged} more before it were not logged.`));
  }

  /** Logs how many refusals were not logged since the last lines. */
  flush(): void {
    for (const last of this.#lastLines.values()) {
      const { refusal, notLogged } = last;
      if (notLogged > 0) this.#write(refusal, `${subjectOf(refusal)} ${notLogged} more since its last log line.`);
      last.notLogged = 0;
    }
  }

  /** Runs after the last request has ended. */
  onApplicationShutdown(): void {
    this.flush();
  }

  #write({ enforced }: Pick<LoggedRefusal, 'enforced'>, line: string): void {
    if (enforced) this.#logger.warn(line);
    else this.#logger.log(line);
  }
}

function lineOf(refusal: LoggedRefusal): string {
  const { reason, advice, enforced, phoneNumber, country } = refusal;
  const number = maskPhoneNumber(phoneNumber) + (country === undefined ? '' : ` (${country})`);
  const note = enforced ? '' : ' It is not enforced: this limit let the message through.';
  return `${subjectOf(refusal)} a message to ${number}: ${reason}.${note} ${advice}`;
}

function subjectOf({ option, enforced }: Pick<LoggedRefusal, 'option' | 'enforced'>): string {
  return `${option} ${enforced ? 'refused' : 'would have refused'}`;
}
