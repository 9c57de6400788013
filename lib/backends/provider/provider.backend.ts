import type { OnModuleInit } from '@nestjs/common';
import { redactedCause, type Secrets, secretsIn } from '../../common/redaction.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { isThrown } from '../../common/thrown.js';
import { type TimeLimit, TimeLimitError, withinTimeLimit } from '../../common/time.js';
import type { SendContext } from '../base.backend.js';
import { withoutSecrets } from '../failure-report.js';
import { ModuleAwareBackend, type ModuleSettings } from '../module-aware.backend.js';
import { credentialsIn, credentialsInRequest } from './credentials.js';
import { exchange, type ProviderResponse, type ProviderRequest } from './http-exchange.js';
import { TIMEOUT_RANGE, type ProviderOptions } from './provider-options.js';

/** Sends a request and reads the response, within the time of one message. */
export type Exchange = (request: ProviderRequest) => Promise<ProviderResponse>;

/** One message, as a provider backend sends it. */
export interface OutgoingMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Whole seconds until the code expires; `undefined` for a message without a code. */
  readonly validSeconds?: number | undefined;
  /** UUID of the send. */
  readonly sendId?: string | undefined;
  /** The connection to the provider. */
  readonly exchange: Exchange;
}

/** Time limit of a call that has no other, such as one from a script. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Base of the provider backends: limits the time of a call, and redacts code, number and credentials from every error,
 * whatever the provider says.
 */
export abstract class ProviderBackend<TOptions extends ProviderOptions>
  extends ModuleAwareBackend<TOptions>
  implements OnModuleInit
{
  /** Loads what a send needs, so that a missing package is a startup error. */
  async onModuleInit(): Promise<void> {}

  /** Sends one message, within the time limit. */
  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt> {
    return this.withinTime(
      () => this.secretsToRedact(message, [number]),
      send,
      (connect) =>
        this.deliver({
          to: number,
          text: message,
          validSeconds: send && Math.max(1, Math.floor((send.expiresAt.getTime() - Date.now()) / 1000)),
          sendId: send?.sendId,
          exchange: connect,
        }),
    );
  }

  /** Sends one message. Whatever it throws, except an {@link SmsDeliveryError}, counts as `unknown`. */
  protected abstract deliver(message: OutgoingMessage): Promise<SendReceipt>;

  /** What to redact from an error about a message: the message, its numbers and the backend's credentials. */
  protected secretsToRedact(message: string, numbers: readonly string[]): Secrets {
    const { hidden, phoneNumbers = [] } = secretsIn(message, numbers);
    return { hidden: [...hidden, ...credentialsIn(this.options)], phoneNumbers };
  }

  /**
   * Runs calls of the provider within the time limit, and redacts what they throw.
   *
   * @param secretsToRedact - Called if they throw.
   */
  protected async withinTime<T>(
    secretsToRedact: () => Secrets,
    send: SendContext | undefined,
    work: (exchange: Exchange) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const requests: ProviderRequest[] = [];
    let stopFollowing: (() => void) | undefined;
    try {
      return await withinTimeLimit(timeoutMs, (limit) => {
        stopFollowing = send && limit.endWith(send.signal);
        const working = work((request) => {
          requests.push(request);
          return exchange(request, limit, this.options.agent);
        });
        return untilRequest(working, limit, requests);
      });
    } catch (thrown) {
      const secrets = secretsToRedact();
      const sent = requests.flatMap(credentialsInRequest);
      throw providerFailure(thrown, { ...secrets, hidden: [...secrets.hidden, ...sent] });
    } finally {
      stopFollowing?.();
    }
  }

  /** @internal */
  override prepareForModule({ timeoutMs }: ModuleSettings): number {
    return Math.min(timeoutMs, this.options.timeoutMs ?? TIMEOUT_RANGE.to);
  }
}

/** Waits for work that makes no request once the time is up. If it has made none by then, nothing was sent. */
function untilRequest<T>(working: Promise<T>, limit: TimeLimit, requests: readonly ProviderRequest[]): Promise<T> {
  return new Promise((resolve, reject) => {
    working.then(resolve, reject);
    limit.onEnd(() => {
      if (requests.length > 0) return;
      reject(new SmsDeliveryError('unavailable', 'The time was up before a request was made.'));
    });
  });
}

/** The redacted error for whatever a call of the provider or its SDK threw. */
function providerFailure(thrown: unknown, secrets: Secrets): SmsDeliveryError {
  if (isThrown(thrown, TimeLimitError)) return new SmsDeliveryError('unknown', 'The provider did not respond in time.');
  const error = deliveryErrorIn(thrown);
  if (error === undefined) {
    return new SmsDeliveryError('unknown', 'The response of the provider could not be read.', {
      cause: redactedCause(thrown, secrets),
    });
  }
  return withoutSecrets(error, secrets);
}

/** Maximum depth at which an SDK wraps an error. */
const MAX_WRAPPERS = 5;

/** The library's error in what an SDK threw: itself, or one that it wraps. */
function deliveryErrorIn(thrown: unknown): SmsDeliveryError | undefined {
  let error = thrown;
  for (let depth = 0; depth <= MAX_WRAPPERS; depth += 1) {
    if (isThrown(error, SmsDeliveryError)) return error;
    if (!isThrown(error, Error)) return undefined;
    error = error.cause;
  }
  return undefined;
}
