import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { StorageTimeout } from '../common/storage-timeout.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { Clock } from '../verification/clock.js';
import { BLOCKED, type Charge, type ChargeOutcome, type Counter, isFull, type LimitStore } from './limit.store.js';
import { Refusals } from './refusals.js';
import { chargesOf, conversionKey, type RuledCharge } from './send-charges.js';
import type { SendRequest } from './send-request.js';

/** What one send has charged. */
export interface ChargedSend {
  /** Epoch milliseconds from which the number may be sent another message; `undefined` without a cooldown. */
  readonly cooldownEndsAt: number | undefined;
  readonly counters: readonly (Pick<Counter, 'key' | 'windowEndsAt'> & Pick<RuledCharge, 'rule'>)[];
}

/** Of a send that no limit counts. */
export const NOTHING_CHARGED: ChargedSend = { cooldownEndsAt: undefined, counters: [] };

/** The session whose message was not sent. */
export interface RefundedSend {
  readonly id: string;
  /** Whether its code was sent before. */
  readonly isResend: boolean;
}

/** Sends of one session that are refunded. */
const MAX_REFUNDS = 2;

/** A charge and the counter that it met. */
interface Met {
  readonly charge: RuledCharge;
  readonly counter: Counter;
}

/** Applies the limits to sends: charges them, refuses them, and refunds those that were certainly not sent. */
@Injectable()
export class SendLimits implements OnModuleDestroy {
  readonly #logger = new Logger('PhoneVerify');
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    private readonly refusals: Refusals,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Charges a send to every limit, or to none and refuses it.
   *
   * @throws {@link RateLimitedError} if a limit refuses it.
   * @throws {@link StorageUnavailableError} if the limits cannot be asked.
   */
  async charge(request: SendRequest, timeout: StorageTimeout): Promise<ChargedSend> {
    const charges = chargesOf(request, this.options.limits);
    if (charges.length === 0) return NOTHING_CHARGED;
    const now = this.clock.now();
    const outcome = await this.store.charge(charges, now, timeout);
    const met = meet(charges, outcome);
    if (!outcome.isCharged) throw this.refusals.refuse(request, await this.#retriesOf(met, now, timeout));
    const beyond = met.filter(({ charge, counter }) => isFull({ ...counter, used: counter.used - 1 }, charge));
    await this.#report(request, beyond, now, timeout);
    return {
      cooldownEndsAt: met.find(({ charge }) => charge.rule === 'resendAfter' && charge.isEnforced)?.counter
        .windowEndsAt,
      counters: met.map(({ charge: { rule }, counter: { key, windowEndsAt } }) => ({ rule, key, windowEndsAt })),
    };
  }

  /**
   * Refunds a message that was certainly not sent. For a message that opened a session that is the cooldown alone: the
   * sessions of a number bound the guesses at its codes. The address keeps its charge, so that nobody asks in a loop. A
   * session has {@link MAX_REFUNDS}: a gateway that reports a failure may have delivered all the same.
   *
   * @returns Whether it is certain that the cooldown is over.
   */
  async refund({ counters }: ChargedSend, { id, isResend }: RefundedSend, timeout: StorageTimeout): Promise<boolean> {
    const refunded = counters.filter(
      ({ rule }) => rule === 'resendAfter' || rule === 'conversion' || (isResend && rule !== 'perIp'),
    );
    if (refunded.length === 0) return true;
    try {
      const { isCharged } = await this.store.charge([this.#refundOf(id)], this.clock.now(), timeout);
      if (isCharged) await this.store.refund(refunded, timeout);
      return isCharged;
    } catch (error) {
      this.#logger.warn(`A message was not sent, and its charge could not be refunded: ${String(error)}`);
      return false;
    }
  }

  /** Counts a verified session for the conversion guard, without anybody waiting for it. */
  countVerified(number: PhoneNumber): void {
    const { conversion } = this.options.limits;
    if (conversion === undefined) return;
    const counting = this.store
      .countVerified(
        conversionKey(conversion, number),
        this.clock.now(),
        new StorageTimeout(this.options.storage.timeoutMs),
      )
      .catch((error: unknown) => this.#logger.warn(`A verified session could not be counted: ${String(error)}`))
      .finally(() => this.#underWay.delete(counting));
    this.#underWay.add(counting);
  }

  #refundOf(sessionId: string): Charge {
    const windowMs = this.options.expiration * 1000;
    return { key: `refunds:${sessionId}`, max: MAX_REFUNDS, minimumVerified: 1, windowMs, isEnforced: true };
  }

  /** Waits for what is being counted. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** What only reports stops no send that is charged already. */
  async #report(request: SendRequest, beyond: readonly Met[], now: number, timeout: StorageTimeout): Promise<void> {
    try {
      this.refusals.report(request, await this.#retriesOf(beyond, now, timeout));
    } catch (error) {
      this.#logger.warn(`A message beyond a limit that only reports could not be told of: ${String(error)}`);
    }
  }

  /** When each rule would let a message through, after which a conversion that is too low has become a block. */
  async #retriesOf(
    met: readonly Met[],
    now: number,
    timeout: StorageTimeout,
  ): Promise<{ charge: RuledCharge; retryAt: number }[]> {
    return Promise.all(
      met.map(async ({ charge, counter }) => ({ charge, retryAt: await this.#retryAt(charge, counter, now, timeout) })),
    );
  }

  async #retryAt({ rule }: RuledCharge, counter: Counter, now: number, timeout: StorageTimeout): Promise<number> {
    const { conversion } = this.options.limits;
    if (rule !== 'conversion' || conversion === undefined) return counter.windowEndsAt;
    const until = now + conversion.blockSeconds * 1000;
    // A block that ends later than one made now is one of a clock that ran ahead.
    if (counter.verified === BLOCKED && counter.windowEndsAt <= until) return counter.windowEndsAt;
    await this.store.block(counter, until, timeout);
    return until;
  }
}

function meet(charges: readonly RuledCharge[], { counters }: ChargeOutcome): Met[] {
  return charges.flatMap((charge) => {
    const counter = counters.find(({ key }) => key === charge.key);
    return counter === undefined ? [] : [{ charge, counter }];
  });
}
