import type * as Sns from '@aws-sdk/client-sns';
import { Injectable } from '@nestjs/common';
import type { OptionReader } from '../../common/option-reader.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import {
  type AwsCredentials,
  checkCredentials,
  checkMaxPrice,
  toProviderRequest,
  toSdkResponse,
} from '../provider/aws.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';
import { type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';
import { failureOf } from './aws-sns.codes.js';

/**
 * Settings of {@link AwsSnsBackend}.
 *
 * @publicApi
 */
export interface AwsSnsBackendOptions extends ProviderOptions {
  /** Region that sends, such as `eu-central-1`. */
  readonly region: string;
  /**
   * Sender id, for countries that support them: 3 to 11 characters without a space, at least one of them a letter.
   * Default: that of the account.
   */
  readonly senderId?: string;
  /**
   * Credentials, or a function that returns them. The SDK keeps what the function returned until shortly before its
   * `expiration`, and for good without one. Default: the SDK's provider chain (environment, shared files, roles).
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /** Maximum price of a segment in US dollars, 0.0001 to 1000; a message that costs more is not sent. Default: none. */
  readonly maxPriceUsd?: number;
  /** Message attributes, such as `AWS.MM.SMS.EntityId`. Default: none. */
  readonly extra?: SnsAttributes;
}

/**
 * Message attributes of an SMS: https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
 *
 * @publicApi
 */
export interface SnsAttributes extends ProviderFields {
  /** Entity id of India's DLT. */
  readonly 'AWS.MM.SMS.EntityId'?: string;
  /** Template id of India's DLT. */
  readonly 'AWS.MM.SMS.TemplateId'?: string;
  /** Number that sends, in E.164. */
  readonly 'AWS.MM.SMS.OriginationNumber'?: string;
}

/**
 * Sends through Amazon SNS, with the `@aws-sdk/client-sns` SDK. SNS has no validity period: a late message may carry an
 * expired code.
 *
 * @publicApi
 */
@Injectable()
export class AwsSnsBackend extends ProviderBackend<AwsSnsBackendOptions> {
  readonly #sdk = new Sdk('AwsSnsBackend', '@aws-sdk/client-sns', async () => import('@aws-sdk/client-sns'));
  /** Kept, because it caches credentials and renews them before they expire. */
  #client: Sns.SNSClient | undefined;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: AwsSnsBackendOptions) {
    super(options);
    checkProviderOptions(options, ['region', 'senderId', 'credentials', 'maxPriceUsd'], (reader) => {
      reader.requiredText('region');
      checkSenderId(reader);
      checkCredentials(reader);
      checkMaxPrice(reader, 1000);
    });
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver({ to, text, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const sdk = await this.#sdk.get();
    const command = new sdk.PublishCommand(this.#publication(to, text));
    let response: ProviderResponse | undefined;
    // For this message, in the place of the client's HTTP handler.
    command.middlewareStack.add(
      () =>
        async ({ request }) => {
          response = await exchange(toProviderRequest(request));
          return { response: toSdkResponse(response) };
        },
      { step: 'deserialize', priority: 'low', name: 'sharedConnections' },
    );
    try {
      const { MessageId: messageId } = await this.#clientOf(sdk).send(command);
      if (messageId !== undefined) return { backend: 'AwsSnsBackend', messageId };
    } catch (thrown) {
      throw failureOf(thrown, response);
    }
    throw failureOf(undefined, response);
  }

  #clientOf({ SNSClient }: typeof Sns): Sns.SNSClient {
    const { region, baseUrl, credentials } = this.options;
    this.#client ??= new SNSClient({
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

  /** https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html */
  #publication(to: string, text: string): Sns.PublishCommandInput {
    const { senderId, maxPriceUsd, extra } = this.options;
    const attributes = {
      'AWS.SNS.SMS.SMSType': 'Transactional',
      ...(senderId !== undefined && { 'AWS.SNS.SMS.SenderID': senderId }),
      ...(maxPriceUsd !== undefined && { 'AWS.SNS.SMS.MaxPrice': maxPriceUsd }),
      ...extra,
    };
    return {
      PhoneNumber: to,
      Message: text,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
      ),
    };
  }
}

function attribute(value: unknown): Sns.MessageAttributeValue {
  return { DataType: typeof value === 'number' ? 'Number' : 'String', StringValue: String(value) };
}

/** https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-ids.html */
function checkSenderId(reader: OptionReader): void {
  const senderId = reader.text('senderId', '');
  if (senderId !== '' && !/^(?=.*[A-Za-z])\S{3,11}$/.test(senderId)) {
    reader.fault('senderId', 'must have 3 to 11 characters without a space, at least one of them a letter');
  }
}
