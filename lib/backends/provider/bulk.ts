import { forEachBounded } from '../../common/bounded-concurrency.js';
import type { Secrets } from '../../common/redaction.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import { isOfAccount, isOfNumber, SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { asDeliveryError, type BulkSendResult } from '../base.backend.js';
import { withoutSecrets } from '../failure-report.js';
import type { ProviderRequest } from './http-exchange.js';
import { type ProviderFields, type ProviderOptions, withExtra } from './provider-options.js';
import { type OutgoingMessage, ProviderBackend } from './provider.backend.js';

/** One message for several distinct numbers. */
export interface SharedMessage extends Omit<OutgoingMessage, 'to'> {
  readonly numbers: readonly string[];
}

/** The outcome for one number. */
export type Outcome = SendReceipt | SmsDeliveryError;

/** The outcomes in a provider's response, by {@link bareNumber}. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** What the requests of one bulk send share. */
interface Progress {
  /** The first fault of the account. */
  fault?: SmsDeliveryError | undefined;
}

/** Concurrent requests of one bulk send. */
const REQUESTS_AT_ONCE = 5;

/** Base of the backends whose provider accepts many numbers in one request. */
export abstract class BulkProviderBackend<TOptions extends ProviderOptions> extends ProviderBackend<TOptions> {
  /** Maximum of numbers in one request. */
  protected abstract readonly numbersPerRequest: number;

  /**
   * Sends a message in one request. A number that is not in the response is left out of the result.
   *
   * @throws {@link SmsDeliveryError} if the whole request failed.
   */
  protected abstract deliverTogether(message: SharedMessage): Promise<Outcomes>;

  protected override async deliver(message: OutgoingMessage): Promise<SendReceipt> {
    const { to, text, validSeconds, sendId, exchange } = message;
    const outcomes = await this.deliverTogether({ numbers: [to], text, validSeconds, sendId, exchange });
    const outcome = outcomeOf(to, matched([to], outcomes));
    if (outcome instanceof SmsDeliveryError) throw outcome;
    return outcome;
  }

  /**
   * Sends one message to many numbers, as many in one request as the provider takes. A number that is in the list twice
   * gets one message. A failure is in the item of its number. A fault of the account (`misconfigured`) ends the send:
   * the numbers that were not tried have the same error.
   *
   * @param numbers - E.164.
   * @param message - The whole text.
   * @returns One item per number, in the order of `numbers`.
   */
  override async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    const distinct = [...new Map(numbers.map((number) => [bareNumber(number), number])).values()];
    const size = this.numbersPerRequest;
    const chunks = Array.from({ length: Math.ceil(distinct.length / size) }, (_, index) =>
      distinct.slice(index * size, (index + 1) * size),
    );
    const outcomes = new Map<string, Outcome>();
    const progress: Progress = {};
    await forEachBounded(chunks, REQUESTS_AT_ONCE, async (chunk) => {
      for (const [key, outcome] of await this.#sendChunk(chunk, message, progress)) outcomes.set(key, outcome);
    });
    return numbers.map((number) => resultOf(number, outcomeOf(number, outcomes)));
  }

  /** Sends to some of the numbers, unless the account is known to be at fault. */
  async #sendChunk(numbers: readonly string[], text: string, progress: Progress): Promise<Outcomes> {
    const { fault } = progress;
    if (fault !== undefined) return outcomesOf(numbers, () => fault);
    const outcomes = await this.#tryChunk(numbers, text, progress);
    progress.fault ??= [...outcomes.values()]
      .filter((outcome) => outcome instanceof SmsDeliveryError)
      .find(isOfAccount);
    return outcomes;
  }

  async #tryChunk(numbers: readonly string[], text: string, progress: Progress): Promise<Outcomes> {
    const [first = '', ...others] = numbers;
    // The first number is masked in any form; the others are redacted as they are here, without the plus.
    let known: Secrets | undefined;
    const secrets = (): Secrets => (known ??= this.secretsToRedact(text, [first, ...others.map(bareNumber)]));
    let whole: SmsDeliveryError;
    try {
      const outcomes = await this.withinTime(secrets, undefined, async (exchange) =>
        matched(numbers, await this.deliverTogether({ numbers, text, exchange })),
      );
      return outcomesOf(numbers, (number) => {
        const outcome = outcomeOf(number, outcomes);
        return outcome instanceof SmsDeliveryError ? withoutSecrets(outcome, secrets()) : outcome;
      });
    } catch (thrown) {
      whole = asDeliveryError(thrown);
    }
    if (!isOfNumber(whole.kind) || numbers.length === 1) return outcomesOf(numbers, () => whole);
    // Nothing was sent, and one invalid number may be the reason.
    const alone: [string, Outcome][] = [];
    for (const number of numbers) alone.push(...(await this.#sendChunk([number], text, progress)));
    return new Map(alone);
  }
}

/** A number as providers return it: without plus and separators. */
export function bareNumber(number: string): string {
  return number.replace(/[^A-Za-z0-9]/g, '');
}

/** A POST request with a JSON body, and the fields of the option `extra` in it. */
export function jsonRequest(
  url: string,
  authorization: string,
  extra: ProviderFields | undefined,
  body: object,
): ProviderRequest {
  return {
    method: 'POST',
    url,
    headers: { Authorization: authorization, Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify(withExtra(body, extra)),
  };
}

function outcomesOf(numbers: readonly string[], outcome: (number: string) => Outcome): Outcomes {
  return new Map(numbers.map((number) => [bareNumber(number), outcome(number)]));
}

function outcomeOf(number: string, outcomes: Outcomes): Outcome {
  return (
    outcomes.get(bareNumber(number)) ??
    new SmsDeliveryError('unknown', 'The provider returned no result for this number.')
  );
}

/** The outcomes of a request. The only result of a request for one number belongs to it, however it writes the number. */
function matched(numbers: readonly string[], outcomes: Outcomes): Outcomes {
  const [number = '', ...otherNumbers] = numbers;
  const [outcome, ...otherOutcomes] = outcomes.values();
  if (outcome === undefined || otherNumbers.length > 0 || otherOutcomes.length > 0) return outcomes;
  return new Map([[bareNumber(number), outcome]]);
}

function resultOf(number: string, outcome: Outcome): BulkSendResult[number] {
  return outcome instanceof SmsDeliveryError ? { number, error: outcome } : { number, receipt: outcome };
}
