import { Injectable } from '@nestjs/common';
import type TwilioSdk from 'twilio';
import type { Twilio } from 'twilio';
import type { SendReceipt } from '../../common/send-receipt.js';
import { basicAuthorization, type ProviderRequest } from '../provider/http-exchange.js';
import { withExtra } from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';
import { isTaken, refusalOf } from './twilio.codes.js';
import { checkOptions, type TwilioBackendOptions } from './twilio.options.js';

/** Longest validity period of the API, in seconds. */
const MAX_VALID_SECONDS = 36_000;

/**
 * Sends through Twilio Programmable Messaging, with the `twilio` SDK. A message expires at Twilio with its code.
 *
 * @publicApi
 */
@Injectable()
export class TwilioBackend extends ProviderBackend<TwilioBackendOptions> {
  readonly #sdk = new Sdk('TwilioBackend', 'twilio', async () => (await import('twilio')).default);

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: TwilioBackendOptions) {
    super(options);
    checkOptions(options);
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver({ to, text, validSeconds, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { from, messagingServiceSid } = this.options;
    const client = clientFor(await this.#sdk.get(), this.options, exchange);
    const message = await client.messages.create({
      to,
      body: text,
      ...(from !== undefined && { from }),
      ...(messagingServiceSid !== undefined && { messagingServiceSid }),
      ...(validSeconds !== undefined && { validityPeriod: Math.min(validSeconds, MAX_VALID_SECONDS) }),
    });
    const segments = Number(message.numSegments);
    return { backend: 'TwilioBackend', messageId: message.sid, ...(segments > 0 && { segments }) };
  }
}

type TwilioRequest = Parameters<TwilioSdk.RequestClient['request']>[0];
type TwilioResponse<TData> = ReturnType<typeof TwilioSdk.RequestClient.prototype.request<TData>>;

/** The SDK's client, over the library's connections. */
function clientFor(sdk: typeof TwilioSdk, options: TwilioBackendOptions, exchange: Exchange): Twilio {
  class Connection extends sdk.RequestClient {
    override async request<TData>(request: TwilioRequest): TwilioResponse<TData> {
      const response = await exchange(translate(request, options));
      if (!isTaken(response)) throw refusalOf(response);
      return { statusCode: response.status, body: JSON.parse(response.text), headers: response.headers };
    }
  }
  const { sid, apiKey = sid, secret, apiKeySecret = secret } = options;
  return sdk(apiKey, apiKeySecret, { httpClient: new Connection(), accountSid: sid });
}

function translate(request: TwilioRequest, { baseUrl, extra }: TwilioBackendOptions): ProviderRequest {
  const { method, uri, username = '', password = '', headers = {}, data = {} } = request;
  const { pathname, origin } = new URL(uri);
  const fields = Object.entries(withExtra(Object(data), extra)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return {
    method,
    url: (baseUrl ?? origin).replace(/\/$/, '') + pathname,
    headers: { ...headers, Authorization: basicAuthorization(username, password) },
    body: new URLSearchParams(fields).toString(),
  };
}
