import { Inject, Injectable } from '@nestjs/common';
import type { StorageTimeout } from '../common/storage-timeout.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { redactedCause } from '../common/redaction.js';
import { withinTimeLimit } from '../common/time-limit.js';
import type { LimitUsage } from './authorize-send.js';
import { ConversionStatistic } from './conversion-statistic.js';
import { Refusals } from './refusals.js';
import { type ChargedSend, type RefundedSend, SendLimits } from './send-limits.js';
import type { SendRequest } from './send-request.js';

/** How long `authorizeSend` may take, in milliseconds. */
const AUTHORIZE_TIMEOUT_MS = 5000;

/** Lets sends through or refuses them: runs `authorizeSend`, then the limits. */
@Injectable()
export class SendGate {
  constructor(
    private readonly limits: SendLimits,
    private readonly conversion: ConversionStatistic,
    private readonly refusals: Refusals,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /**
   * Lets a send through and charges it.
   *
   * @throws {@link RateLimitedError} if the application or a limit refuses it; then nothing was charged.
   * @throws {@link StorageUnavailableError} if the limits cannot be asked.
   */
  async pass(request: SendRequest, timeout: StorageTimeout): Promise<ChargedSend> {
    this.limits.refuseAddress(request);
    await this.#askApplication(request);
    return this.limits.charge(request, timeout);
  }

  /**
   * Refunds a message that was certainly not sent, as far as that is safe.
   *
   * @returns Whether it is certain that the cooldown is over.
   */
  async refund(charged: ChargedSend, send: RefundedSend, timeout: StorageTimeout): Promise<boolean> {
    return this.limits.refund(charged, send, timeout);
  }

  /** Counts a message that was sent, or may have been. */
  countSent(request: SendRequest): void {
    this.conversion.countSent(request);
  }

  async #askApplication(request: SendRequest): Promise<void> {
    const { authorizeSend } = this.options;
    if (authorizeSend === undefined) return;
    const { number, purpose, origin, isOwnNumber } = request;
    const { e164: phoneNumber, country } = number;
    const usage = (): Promise<readonly LimitUsage[]> => this.limits.readUsage(request);
    const send = { phoneNumber, country, ip: origin.ip, purpose, ownNumber: isOwnNumber, usage };
    // Whoever wrote it without types may answer anything.
    let answer: unknown;
    try {
      answer = await withinTimeLimit(AUTHORIZE_TIMEOUT_MS, () => authorizeSend(send));
    } catch (thrown) {
      const failure = redactedCause(thrown, { hidden: [], phoneNumbers: [phoneNumber] });
      throw this.refusals.refuseForApplication(request, failure);
    }
    if (answer !== true) throw this.refusals.refuseForApplication(request);
  }
}
