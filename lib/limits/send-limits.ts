import { Inject, Injectable, Logger } from '@nestjs/common';
import type { StorageTimeout } from '../common/storage-timeout.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { ConversionStatistic } from './conversion-statistic.js';
import {
  type Charge,
  type ChargeOutcome,
  type Counter,
  type CounterWindow,
  isFull,
  type LimitStore,
} from './limit.store.js';
import { type Beyond, Refusals } from './refusals.js';
import { chargesOf, type RuledCharge } from './send-charges.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** What one send has charged. */
export interface ChargedSend {
  /** Epoch milliseconds, by the process's clock, from which the number may be sent another message; `undefined` without a cooldown. */
  readonly cooldownEndsAt: number | undefined;
  readonly counters: readonly (CounterWindow & Pick<RuledCharge, 'rule'>)[];
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
export class SendLimits {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    private readonly conversion: ConversionStatistic,
    private readonly refusals: Refusals,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
  ) {}

  /**
   * Charges a send to every limit, or to none and refuses it.
   *
   * @throws {@link RateLimitedError} if a limit refuses it.
   * @throws {@link StorageUnavailableError} if the limits cannot be asked.
   */
  async charge(request: SendRequest, timeout: StorageTimeout): Promise<ChargedSend> {
    const blocked = this.#blocksOf(request);
    if (blocked.length > 0 && this.options.limits.conversion?.mode === 'enforce') {
      throw this.refusals.refuse(request, blocked);
    }
    const charges = chargesOf(request, this.options.limits.rules);
    const outcome = await this.#charge(charges, timeout);
    const met = meet(charges, outcome);
    if (!outcome.isCharged) throw this.refusals.refuse(request, met.map(beyondOf));
    const beyond = met.filter(({ charge, counter }) => isFull({ ...counter, used: counter.used - 1 }, charge));
    this.refusals.report(request, [...blocked, ...beyond.map(beyondOf)]);
    const cooldown = met.find(({ charge }) => charge.rule === 'resendAfter' && charge.isEnforced)?.counter;
    return {
      cooldownEndsAt: cooldown && this.time.toProcess(cooldown.windowEndsAt),
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
    const refunded = counters.filter(({ rule }) => rule === 'resendAfter' || (isResend && rule !== 'perIp'));
    if (refunded.length === 0) return true;
    try {
      const { isCharged } = await this.#charge([this.#refundOf(id)], timeout);
      if (isCharged) await this.store.refund(refunded, timeout);
      return isCharged;
    } catch (error) {
      this.#logger.warn(`A message was not sent, and its charge could not be refunded: ${String(error)}`);
      return false;
    }
  }

  async #charge(charges: readonly Charge[], timeout: StorageTimeout): Promise<ChargeOutcome> {
    if (charges.length === 0) return { isCharged: true, counters: [] };
    await this.time.synchronize(timeout);
    return this.store.charge(charges, this.time.now(), timeout);
  }

  #refundOf(sessionId: string): Charge {
    const windowMs = this.options.expiration * 1000;
    return { key: `refunds:${sessionId}`, max: MAX_REFUNDS, windowMs, isEnforced: true };
  }

  #blocksOf({ number }: SendRequest): Beyond[] {
    const block = this.conversion.blockOf(number);
    return block === undefined ? [] : [{ rule: 'conversion', blocked: block.kind, retryAt: block.endsAt }];
  }
}

function meet(charges: readonly RuledCharge[], { counters }: ChargeOutcome): Met[] {
  return charges.flatMap((charge) => {
    const counter = counters.find(({ key }) => key === charge.key);
    return counter === undefined ? [] : [{ charge, counter }];
  });
}

function beyondOf({ charge: { rule, max, reserved, windowMs, address }, counter }: Met): Beyond {
  return { rule, limit: { max, reserved, seconds: windowMs / 1000 }, address, retryAt: counter.windowEndsAt };
}
