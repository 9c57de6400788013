import type { OnModuleInit } from '@nestjs/common';
import { redactedCause, type Secrets, secretsIn } from '../../common/redaction.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { isThrown } from '../../common/thrown.js';
import { TimeLimitError, withinTimeLimit } from '../../common/time-limit.js';
import type { SendContext } from '../base.backend.js';
import { withoutSecrets } from '../failure-report.js';
import { ModuleAwareBackend, type ModuleSettings } from '../module-aware.backend.js';
import { credentialsIn } from './credentials.js';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.js';
import { TIMEOUT_RANGE, type ProviderOptions } from './provider-options.js';

/** Sends a request and reads the answer, within the time of one message. */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>;

/** One message, as a provider backend hands it to its provider. */
export interface OutgoingMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Whole seconds after which the message is of no use any more; unknown outside a verification. */
  readonly validSeconds?: number | undefined;
  /** UUID of the send. */
  readonly sendId?: string | undefined;
  /** The connection to the provider. */
  readonly exchange: Exchange;
}

/** How long a call may take that nobody else limits, such as a message sent by a script. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * What all provider backends share: the time limit, and errors that show neither code nor number, whatever the provider
 * says.
 */
export abstract class ProviderBackend<TOptions extends ProviderOptions>
  extends ModuleAwareBackend<TOptions>
  implements OnModuleInit
{
  /** Makes ready what a send needs, so that what is missing is told at start-up. */
  async onModuleInit(): Promise<void> {}

  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt> {
    return this.withinTime(this.secretsOf(message, [number]), send, (connect) =>
      this.deliver({
        to: number,
        text: message,
        validSeconds: send && Math.max(1, Math.floor((send.expiresAt.getTime() - Date.now()) / 1000)),
        sendId: send?.sendId,
        exchange: connect,
      }),
    );
  }

  /** Hands one message to the provider. Whatever it throws counts as `unknown`, unless an {@link SmsDeliveryError}. */
  protected abstract deliver(message: OutgoingMessage): Promise<SendReceipt>;

  /** What no error about a message may show: the message, its numbers and the backend's credentials. */
  protected secretsOf(message: string, numbers: readonly string[]): Secrets {
    const { hidden, phoneNumbers = [] } = secretsIn(message, numbers);
    return { hidden: [...hidden, ...credentialsIn(this.options)], phoneNumbers };
  }

  /** Runs calls of the provider within the time limit; what they throw comes out without secrets. */
  protected async withinTime<T>(
    secrets: Secrets,
    send: SendContext | undefined,
    work: (exchange: Exchange) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    try {
      return await withinTimeLimit(timeoutMs, (own) => {
        const signal = send === undefined ? own : AbortSignal.any([send.signal, own]);
        return work((request) => exchange(request, signal));
      });
    } catch (thrown) {
      throw cleaned(thrown, secrets);
    }
  }

  /** @internal */
  override prepareForModule({ timeoutMs }: ModuleSettings): number {
    return Math.min(timeoutMs, this.options.timeoutMs ?? TIMEOUT_RANGE.to);
  }
}

/** Anything that came out of a call of a provider or its SDK, as an error without secrets. */
function cleaned(thrown: unknown, secrets: Secrets): SmsDeliveryError {
  if (isThrown(thrown, TimeLimitError)) return new SmsDeliveryError('unknown', 'The provider did not answer in time.');
  const error = deliveryErrorIn(thrown);
  if (error === undefined) {
    return new SmsDeliveryError('unknown', 'The answer of the provider could not be read.', {
      cause: redactedCause(thrown, secrets),
    });
  }
  return withoutSecrets(error, secrets);
}

/** Errors that an SDK wraps around another one. */
const MAX_WRAPPERS = 5;

/** The error of ours in what an SDK threw: itself, or what it wraps. */
function deliveryErrorIn(thrown: unknown): SmsDeliveryError | undefined {
  let error = thrown;
  for (let depth = 0; depth <= MAX_WRAPPERS; depth += 1) {
    if (isThrown(error, SmsDeliveryError)) return error;
    if (!isThrown(error, Error)) return undefined;
    error = error.cause;
  }
  return undefined;
}
