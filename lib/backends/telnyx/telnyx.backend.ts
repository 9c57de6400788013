import { Injectable } from '@nestjs/common';
import type Telnyx from 'telnyx';
import type { SendReceipt } from '../../common/send-receipt.js';
import { TIMEOUT_RANGE, withExtraInJson } from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';
import { isTaken, refusalOf } from './telnyx.codes.js';
import { checkOptions, type TelnyxBackendOptions, type TelnyxFields } from './telnyx.options.js';

/**
 * Sends through the Messaging API of Telnyx, with the `telnyx` SDK. Telnyx has no validity period: a late message may
 * carry an expired code.
 *
 * @publicApi
 */
@Injectable()
export class TelnyxBackend extends ProviderBackend<TelnyxBackendOptions> {
  readonly #sdk = new Sdk('TelnyxBackend', 'telnyx', async () => (await import('telnyx')).default);

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: TelnyxBackendOptions) {
    super(options);
    checkOptions(options);
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver({ to, text, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { from, messagingProfileId } = this.options;
    const connection = new Connection(exchange, this.options.extra);
    const client = clientFor(await this.#sdk.get(), this.options, connection);
    const sending = client.messages.send({
      to,
      text,
      ...(from !== undefined && { from }),
      ...(messagingProfileId !== undefined && { messaging_profile_id: messagingProfileId }),
    });
    const { data } = await sending.catch((thrown: unknown) => {
      throw connection.failure ?? thrown;
    });
    const segments = data?.parts ?? 0;
    return { backend: 'TelnyxBackend', messageId: data?.id, ...(segments > 0 && { segments }) };
  }
}

/** Sends the requests of the SDK over the library's connections. */
class Connection {
  /** What was thrown. The SDK wraps it, and drops it when it looks like a timeout. */
  failure: unknown;

  constructor(
    private readonly exchange: Exchange,
    private readonly extra: TelnyxFields | undefined,
  ) {}

  async fetch(address: string | URL | Request, { method = 'GET', headers, body }: RequestInit = {}): Promise<Response> {
    try {
      const url = address instanceof Request ? address.url : String(address);
      const fields = Object.fromEntries(new Headers(headers));
      const written = withExtraInJson(bodyOf(body), this.extra);
      const response = await this.exchange({ method, url, headers: fields, body: written });
      if (!isTaken(response)) throw refusalOf(response);
      return new Response(response.text, { headers: { 'content-type': 'application/json' } });
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    }
  }
}

function clientFor(sdk: typeof Telnyx, options: TelnyxBackendOptions, connection: Connection): Telnyx {
  const { apiKey, baseUrl = 'https://api.telnyx.com' } = options;
  return new sdk({
    apiKey,
    baseURL: `${baseUrl.replace(/\/$/, '')}/v2`,
    fetch: (address, init) => connection.fetch(address, init),
    maxRetries: 0,
    // The library limits the time already.
    timeout: TIMEOUT_RANGE.to,
    // Without these, the SDK takes credentials and a log level from the environment, and logs texts of messages.
    clientID: null,
    clientSecret: null,
    logLevel: 'off',
  });
}

function bodyOf(body: RequestInit['body']): string | undefined {
  return typeof body === 'string' ? body : undefined;
}
