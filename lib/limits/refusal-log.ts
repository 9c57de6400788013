import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RateLimitedEvent } from '../observability/phone-verify-event.js';
import { PHONE_VERIFY_CLOCK } from '../phone-verify.tokens.js';
import type { Clock } from '../common/clock.js';
import { maskPhoneNumber } from '../common/redaction.js';
import type { SubjectKind } from './conversion-subjects.js';
import type { Limit } from './limit.js';

/** A message that a rule refused, or would have refused. */
export interface Refusal extends Pick<RateLimitedEvent, 'rule' | 'enforced' | 'phoneNumber' | 'country'> {
  /** The bucket of the client's address; told of `perIp` alone. */
  readonly address?: string | undefined;
  /** The limit that is reached, where the rule is one; `reserved` messages beyond it are for sends with `ownNumber`. */
  readonly limit?: (Pick<Limit, 'max' | 'seconds'> & { readonly reserved?: number }) | undefined;
  /** What is blocked; told of `conversion` alone. */
  readonly blocked?: SubjectKind | undefined;
  /** What `authorizeSend` threw; no number stands in it. */
  readonly failure?: Error | undefined;
}

/** When a rule was last told of, and how often it has refused since. */
interface Told {
  readonly of: Pick<Refusal, 'rule' | 'enforced'>;
  readonly at: number;
  leftOut: number;
}

const MINUTE_MS = 60_000;

/** What an operator should change when a rule hits honest people. */
const REMEDIES: Readonly<Record<Refusal['rule'], string>> = {
  resendAfter: 'Have the client wait for resend_in, or shorten limits.resendAfter.',
  perNumber:
    'If the number is that of an honest person, raise limits.perNumber, or send with `ownNumber` where the application ' +
    'knows that its caller owns the number.',
  perIp:
    "If honest people share the address, raise limits.perIp; if it is your proxy's, have the HTTP adapter trust the proxy.",
  perPrefix: 'If these are honest people, such as those of one company, raise limits.perPrefix.',
  perCountry: 'If these are honest people, raise limits.perCountry.',
  total: 'If these are honest people, raise limits.total.',
  conversion:
    'If these are honest people, look whether messages arrive there, and lower limits.conversion.minimumVerified.',
  testNumbers: 'Whoever knows a test number may guess at its code: give it a long one.',
  application: 'The rule is your own.',
};

/** Whose messages a limit counts. */
const COUNTED: Readonly<Record<Exclude<Limit['rule'], 'resendAfter' | 'perIp' | 'testNumbers'>, string>> = {
  perNumber: 'to one number',
  perPrefix: 'to numbers that differ in their last four digits only',
  perCountry: 'to one country',
  total: 'of the whole application',
};

/**
 * Tells the operator what the limits refuse: one line a minute for each rule, however many messages it refuses, since
 * an attack must not fill the log.
 */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  readonly #logger = new Logger('PhoneVerify');
  readonly #told = new Map<string, Told>();

  constructor(@Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock) {}

  /** Writes a refusal when its rule has not been told of for a minute, and counts it otherwise. */
  note(refusal: Refusal): void {
    const key = `${refusal.rule} ${refusal.enforced}`;
    const now = this.clock.now();
    const told = this.#told.get(key);
    // A clock that went back would otherwise silence the rule until it is where it was.
    if (told !== undefined && now >= told.at && now < told.at + MINUTE_MS) {
      told.leftOut += 1;
      return;
    }
    const leftOut = told?.leftOut ?? 0;
    this.#told.set(key, { of: refusal, at: now, leftOut: 0 });
    this.#write(
      refusal,
      leftOut === 0 ? lineOf(refusal) : `${lineOf(refusal)} ${leftOut} more were left out before it.`,
    );
  }

  /** Writes how many were left out since the last lines. */
  flush(): void {
    for (const told of this.#told.values()) {
      const { of, leftOut } = told;
      if (leftOut > 0) this.#write(of, `${subjectOf(of)} ${leftOut} more since it was last told of.`);
      told.leftOut = 0;
    }
  }

  /** After the last request has been answered. */
  onApplicationShutdown(): void {
    this.flush();
  }

  #write({ enforced }: Pick<Refusal, 'enforced'>, line: string): void {
    if (enforced) this.#logger.warn(line);
    else this.#logger.log(line);
  }
}

function lineOf(refusal: Refusal): string {
  const { rule, enforced, phoneNumber, country } = refusal;
  const number = maskPhoneNumber(phoneNumber) + (country === undefined ? '' : ` (${country})`);
  const note = enforced ? '' : ' It is not enforced: this limit let the message through.';
  return `${subjectOf(refusal)} a message to ${number}: ${reasonOf(refusal)}.${note} ${REMEDIES[rule]}`;
}

function subjectOf({ rule, enforced }: Pick<Refusal, 'rule' | 'enforced'>): string {
  return `${nameOf(rule)} ${enforced ? 'refused' : 'would have refused'}`;
}

function nameOf(rule: Refusal['rule']): string {
  if (rule === 'application') return 'authorizeSend';
  return rule === 'testNumbers' ? rule : `limits.${rule}`;
}

function reasonOf({ rule, limit, failure, blocked = 'country', address = 'unknown' }: Refusal): string {
  if (failure !== undefined) return `it failed with ${failure.name}: ${failure.message}`;
  if (rule === 'application') return 'it did not answer true';
  if (rule === 'conversion') return `its ${blocked} is blocked, since too few of the messages sent there were verified`;
  if (limit === undefined) return 'its limit is reached';
  const { max, reserved = 0, seconds } = limit;
  if (rule === 'testNumbers')
    return `the limit of ${max} registers of one test number in ${seconds} seconds is reached`;
  if (rule === 'resendAfter') return `the last one went less than ${seconds} seconds before`;
  const counted = rule === 'perIp' ? `for the address ${address}` : COUNTED[rule];
  const rest = reserved === 0 ? '' : `; ${reserved} more are reserved for sends with \`ownNumber\``;
  return `the limit of ${max} messages ${counted} in ${seconds} seconds is reached${rest}`;
}
