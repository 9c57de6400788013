import type * as SmsVoice from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import { isSdkRequest, type SdkRequest, type SdkResponse, toProviderRequest, toSdkResponse } from '../provider/aws.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { withExtraInJson } from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';
import { failureOf } from './aws-sms.codes.js';
import { type AwsSmsBackendOptions, type AwsSmsFields, checkOptions } from './aws-sms.options.js';

/** Range of `TimeToLive`, in seconds. */
const TIME_TO_LIVE = { from: 5, to: 259_200 };

/**
 * Sends through AWS End User Messaging SMS (`SendTextMessage`), with the `@aws-sdk/client-pinpoint-sms-voice-v2` SDK. A
 * message expires at AWS with its code.
 *
 * @publicApi
 */
@Injectable()
export class AwsSmsBackend extends ProviderBackend<AwsSmsBackendOptions> {
  readonly #sdk = new Sdk(
    'AwsSmsBackend',
    '@aws-sdk/client-pinpoint-sms-voice-v2',
    async () => import('@aws-sdk/client-pinpoint-sms-voice-v2'),
  );
  /** Kept, because it caches credentials and renews them before they expire. */
  #client: SmsVoice.PinpointSMSVoiceV2Client | undefined;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: AwsSmsBackendOptions) {
    super(options);
    checkOptions(options);
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver(message: OutgoingMessage): Promise<SendReceipt> {
    const sdk = await this.#sdk.get();
    const command = new sdk.SendTextMessageCommand(this.#input(message));
    const connection = new Connection(command, message.exchange, this.options.extra);
    try {
      const { MessageId: messageId } = await this.#clientOf(sdk).send(command);
      if (messageId !== undefined) return { backend: 'AwsSmsBackend', messageId };
    } catch (thrown) {
      throw failureOf(thrown, connection.response);
    }
    throw failureOf(undefined, connection.response);
  }

  #input({ to, text, validSeconds, sendId }: OutgoingMessage): SmsVoice.SendTextMessageCommandInput {
    const { originationIdentity, maxPriceUsd, protectConfigurationId } = this.options;
    return {
      DestinationPhoneNumber: to,
      MessageBody: text,
      MessageType: 'TRANSACTIONAL',
      ...(originationIdentity !== undefined && { OriginationIdentity: originationIdentity }),
      ...(maxPriceUsd !== undefined && { MaxPrice: maxPriceUsd.toFixed(5) }),
      ...(protectConfigurationId !== undefined && { ProtectConfigurationId: protectConfigurationId }),
      ...(validSeconds !== undefined && {
        TimeToLive: Math.min(Math.max(validSeconds, TIME_TO_LIVE.from), TIME_TO_LIVE.to),
      }),
      ...(sendId !== undefined && { Context: { sendId } }),
    };
  }

  #clientOf({ PinpointSMSVoiceV2Client }: typeof SmsVoice): SmsVoice.PinpointSMSVoiceV2Client {
    const { region, baseUrl, credentials } = this.options;
    this.#client ??= new PinpointSMSVoiceV2Client({
      region,
      maxAttempts: 1,
      ...(baseUrl !== undefined && { endpoint: baseUrl }),
      // The SDK modifies the object that it is given.
      ...(credentials !== undefined && {
        credentials: typeof credentials === 'function' ? credentials : { ...credentials },
      }),
    });
    return this.#client;
  }
}

/** Sends the request of a command over the library's connections, with the fields of the option `extra`. */
class Connection {
  response: ProviderResponse | undefined;

  constructor(
    command: SmsVoice.SendTextMessageCommand,
    private readonly exchange: Exchange,
    extra: AwsSmsFields | undefined,
  ) {
    // Behind the serializer, which drops fields that it does not know, and before the signature.
    command.middlewareStack.add(
      (next) => async (call) => {
        if (isSdkRequest(call.request)) addExtra(call.request, extra);
        return next(call);
      },
      { step: 'serialize', priority: 'low', name: 'extraFields' },
    );
    // In the place of the client's HTTP handler.
    command.middlewareStack.add(
      () =>
        async ({ request }) => ({ response: await this.#send(request) }),
      { step: 'deserialize', priority: 'low', name: 'sharedConnections' },
    );
  }

  async #send(request: unknown): Promise<SdkResponse> {
    this.response = await this.exchange(toProviderRequest(request));
    return toSdkResponse(this.response);
  }
}

function addExtra(request: SdkRequest, extra: AwsSmsFields | undefined): void {
  if (request.body === undefined || extra === undefined) return;
  const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
  request.body = withExtraInJson(body, extra);
}
