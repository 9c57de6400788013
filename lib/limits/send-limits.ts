import { Inject, Injectable, Logger } from '@nestjs/common';
import { StorageTimeout } from '../common/storage-timeout.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { LimitUsage } from './authorize-send.js';
import { ConversionStatistic } from './conversion-statistic.js';
import {
  type Charge,
  type ChargeOutcome,
  type Counter,
  type CounterWindow,
  isFull,
  type LimitStore,
} from './limit.store.js';
import { RefusedAddresses } from './refused-addresses.js';
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
  readonly #refusedAddresses = new RefusedAddresses();

  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    private readonly conversion: ConversionStatistic,
    private readonly refusals: Refusals,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
  ) {}

  /**
   * Refuses a send from an address of which this process knows that a limit is full, without asking anybody.
   *
   * @throws {@link RateLimitedError} if it is one.
   */
  refuseAddress(request: SendRequest): void {
    const beyond = chargesOf(request, this.options.limits).flatMap((charge) => {
      const retryAt = isOfAddress(charge) ? this.#refusedAddresses.endOf(charge, this.time.now()) : undefined;
      return retryAt === undefined ? [] : [beyondOf(charge, retryAt)];
    });
    if (beyond.length > 0) throw this.refusals.refuse(request, beyond);
  }

  /**
   * Reads what is used of every limit that a send would be charged to.
   *
   * @throws {@link StorageUnavailableError} if the limits cannot be asked.
   */
  async readUsage(request: SendRequest): Promise<readonly LimitUsage[]> {
    const charges = chargesOf(request, this.options.limits);
    if (charges.length === 0) return [];
    const timeout = new StorageTimeout(this.options.storage.timeoutMs);
    await this.time.synchronize(timeout);
    const keys = charges.map(({ key }) => key);
    const counters = await this.store.read(keys, this.time.now(), timeout);
    const used = new Map(counters.map((counter) => [counter.key, counter.used]));
    return charges.map(({ rule, key, max }) => ({ rule, used: used.get(key) ?? 0, max }));
  }

  /**
   * Charges a send to every limit, or to none and refuses it.
   *
   * @throws {@link RateLimitedError} if a limit refuses it.
   * @throws {@link StorageUnavailableError} if the limits cannot be asked.
   */
  async charge(request: SendRequest, timeout: StorageTimeout): Promise<ChargedSend> {
    const blocked = request.isTestNumber ? [] : this.#blocksOf(request);
    if (blocked.length > 0 && this.options.limits.conversion?.mode === 'enforce') {
      throw this.refusals.refuse(request, blocked);
    }
    const charges = chargesOf(request, this.options.limits);
    const outcome = await this.#charge(charges, timeout);
    const met = meet(charges, outcome);
    if (!outcome.isCharged) {
      this.#remember(met);
      throw this.refusals.refuse(request, met.map(beyondMet));
    }
    const beyond = met.filter(({ charge, counter }) => isFull({ ...counter, used: counter.used - 1 }, charge));
    this.refusals.report(request, [...blocked, ...beyond.map(beyondMet)]);
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

  #remember(refused: readonly Met[]): void {
    for (const { charge, counter } of refused) {
      if (isOfAddress(charge)) this.#refusedAddresses.add(charge.key, counter.windowEndsAt);
    }
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

function beyondMet({ charge, counter }: Met): Beyond {
  return beyondOf(charge, counter.windowEndsAt);
}

function beyondOf({ rule, max, reserved, windowMs, address }: RuledCharge, retryAt: number): Beyond {
  return { rule, limit: { max, reserved, seconds: windowMs / 1000 }, address, retryAt };
}

function isOfAddress({ rule, isEnforced }: RuledCharge): boolean {
  return rule === 'perIp' && isEnforced;
}
