import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SmsDeliveryError, SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import { StorageTimeout } from '../common/time.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { LimitUsage } from './authorize-send.js';
import { ConversionStatistic } from './conversion-statistic.js';
import { FullCounters } from './full-counters.js';
import { RULES } from './limit-rules.js';
import { type Charge, type ChargeOutcome, type Counter, type LimitStore } from './limit.store.js';
import { Refusals, type TimedRefusal } from './refusals.js';
import { requireAuthorization } from './send-authorization.js';
import { chargesOf, type RuledCharge } from './send-charges.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** A send that the limits let through, and what it was charged. */
export interface ChargedSend {
  readonly request: SendRequest;
  /** Epoch milliseconds, by the process's clock, from which a resend is possible; `undefined` without a cooldown. */
  readonly cooldownEndsAt: number | undefined;
  readonly counters: readonly ChargedCounter[];
}

/** Failures that are refunded: no message was sent, and no client can cause them on purpose. */
const REFUNDED: ReadonlySet<SmsDeliveryErrorKind> = new Set<SmsDeliveryErrorKind>([
  'throttled',
  'unavailable',
  'misconfigured',
]);

/** Sends of one session that are refunded. A gateway that reports a failure may have delivered all the same. */
const MAX_REFUNDS = 2;

/** A charge and its counter. */
export interface ChargedCounter {
  readonly charge: RuledCharge;
  readonly counter: Counter;
}

/** Applies the limits to sends: lets them through or refuses them, and refunds those that were certainly not sent. */
@Injectable()
export class SendLimits {
  readonly #logger = new Logger('PhoneVerify');
  /** Counters of clients that refused a send of this process. Created by the first refusal. */
  #refusedClients: FullCounters | undefined;

  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    private readonly conversion: ConversionStatistic,
    private readonly refusals: Refusals,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
  ) {}

  /**
   * Runs `authorizeSend`, then charges a send to every limit.
   *
   * @throws {@link RateLimitedError} if the application or a limit refuses it; then nothing was charged.
   * @throws {@link StorageUnavailableError} if the limit store could not be reached.
   */
  async admit(request: SendRequest, timeout: StorageTimeout): Promise<ChargedSend> {
    const { authorizeSend, limits } = this.options;
    const charges = chargesOf(request, limits.rules);
    this.#refuseKnownClient(request, charges);
    if (authorizeSend !== undefined) {
      const usage = (): Promise<readonly LimitUsage[]> => this.#readUsage(charges);
      await requireAuthorization(authorizeSend, { request, usage }, this.refusals);
    }
    return this.#chargeSend(request, charges, timeout);
  }

  /** Counts a message that was sent. */
  recordSent({ request }: ChargedSend): void {
    this.conversion.countSent(request);
  }

  /**
   * Counts a message that may have been sent, and refunds one that was certainly not sent. The rules decide which charges
   * are refunded: by default the cooldown alone if the message opened a session, because the sessions of a number bound
   * the guesses at its codes.
   *
   * @returns Epoch milliseconds from which a resend is possible; `undefined` if it is possible now.
   */
  async recordFailure(
    charged: ChargedSend,
    sessionId: string,
    { kind }: SmsDeliveryError,
    timeout: StorageTimeout,
  ): Promise<number | undefined> {
    if (REFUNDED.has(kind)) {
      return (await this.#refund(charged, sessionId, timeout)) ? undefined : charged.cooldownEndsAt;
    }
    // Nothing was sent to a number that the provider cannot reach. It is not refunded: that would make probing free.
    if (kind !== 'unreachable') this.conversion.countSent(charged.request);
    return charged.cooldownEndsAt;
  }

  /** Refuses a client of which this process knows that a counter is full, without a statement or a call. */
  #refuseKnownClient(request: SendRequest, charges: readonly RuledCharge[]): void {
    const known = this.#refusedClients;
    if (known === undefined) return;
    const refusals = charges.filter(isRemembered).flatMap((charge) => {
      const retryAt = known.endOf(charge, this.time.now());
      return retryAt === undefined ? [] : [refusalOf(charge, retryAt)];
    });
    if (refusals.length > 0) throw this.refusals.refuse(request, refusals);
  }

  async #readUsage(charges: readonly RuledCharge[]): Promise<readonly LimitUsage[]> {
    if (charges.length === 0) return [];
    const timeout = new StorageTimeout(this.options.storage.timeoutMs);
    await this.time.synchronize(timeout);
    const keys = charges.map(({ key }) => key);
    const counters = await this.store.read(keys, this.time.now(), timeout);
    const used = new Map(counters.map((counter) => [counter.key, counter.used]));
    return charges.map(({ rule, key, max }) => ({ rule, used: used.get(key) ?? 0, max }));
  }

  async #chargeSend(
    request: SendRequest,
    charges: readonly RuledCharge[],
    timeout: StorageTimeout,
  ): Promise<ChargedSend> {
    const blocked = request.isTestNumber ? [] : this.conversion.refusalsOf(request.number);
    if (blocked.length > 0 && this.options.limits.conversion?.mode === 'enforce') {
      throw this.refusals.refuse(request, blocked);
    }
    const outcome = await this.#charge(charges, timeout);
    const charged = withCounters(charges, outcome);
    if (!outcome.isCharged) {
      this.#remember(charged);
      throw this.refusals.refuse(request, charged.map(refusalOfCounter));
    }
    const exceeded = charged.filter(({ charge, counter }) => !charge.isEnforced && counter.used > charge.max);
    const reported = [...blocked, ...exceeded.map(refusalOfCounter)];
    if (reported.length > 0) this.refusals.report(request, reported);
    const cooldown = charged.find(({ charge }) => RULES[charge.rule].isCooldown && charge.isEnforced)?.counter;
    return {
      request,
      cooldownEndsAt: cooldown && this.time.toProcess(cooldown.windowEndsAt),
      counters: charged,
    };
  }

  /** @returns Whether the cooldown is certainly refunded. */
  async #refund({ request, counters }: ChargedSend, sessionId: string, timeout: StorageTimeout): Promise<boolean> {
    const refundable = counters.filter(({ charge }) => isRefundable(charge.rule, request));
    const refunded = refundable.map(({ counter }) => counter);
    if (refunded.length === 0) return true;
    try {
      const { isCharged } = await this.#charge([this.#refundOf(sessionId)], timeout);
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

  #remember(refused: readonly ChargedCounter[]): void {
    this.#refusedClients ??= new FullCounters();
    for (const { charge, counter } of refused) {
      if (isRemembered(charge)) this.#refusedClients.note(charge, counter);
    }
  }

  #refundOf(sessionId: string): Charge {
    const windowMs = this.options.expiration * 1000;
    return { key: `refunds:${sessionId}`, max: MAX_REFUNDS, windowMs, isEnforced: true };
  }
}

/** Both are in the order of the charges, and the outcome of a refusal has some of the counters. */
function withCounters(charges: readonly RuledCharge[], { counters }: ChargeOutcome): ChargedCounter[] {
  const charged: ChargedCounter[] = [];
  for (const charge of charges) {
    const counter = counters[charged.length];
    if (counter?.key === charge.key) charged.push({ charge, counter });
  }
  return charged;
}

function isRefundable(rule: RuledCharge['rule'], { isResend }: SendRequest): boolean {
  const { refund } = RULES[rule];
  return refund === 'always' || (refund === 'resend' && isResend);
}

/** Whether a full counter is remembered: one of a client that stays full until its window ends. A refund makes room. */
function isRemembered({ rule, client, isEnforced }: RuledCharge): boolean {
  return client !== undefined && isEnforced && RULES[rule].refund === 'never';
}

function refusalOfCounter({ charge, counter }: ChargedCounter): TimedRefusal {
  return refusalOf(charge, counter.windowEndsAt);
}

function refusalOf({ rule, max, reserved, windowMs, client }: RuledCharge, retryAt: number): TimedRefusal {
  const { option, reason, advice } = RULES[rule];
  return {
    rule,
    option: option === 'none' ? rule : `limits.${rule}`,
    reason: reason({ max, reserved, seconds: windowMs / 1000, client }),
    advice,
    retryAt,
  };
}
