import { type AwsCredentials, checkCredentials, checkMaxPrice } from '../provider/aws.js';
import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link AwsSmsBackend}.
 *
 * @publicApi
 */
export interface AwsSmsBackendOptions extends ProviderOptions {
  /** Region that sends, such as `eu-central-1`. */
  readonly region: string;
  /**
   * Sender: a number, sender id or pool, by its name, id or ARN. Default: one of the account that can send to the
   * number.
   */
  readonly originationIdentity?: string;
  /**
   * Credentials, or a function that returns them; the SDK keeps them until they expire. Default: the SDK's provider
   * chain (environment, shared files, roles).
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /** Maximum price of a message in US dollars, 0.0001 to 99; a message that costs more is not sent. Default: none. */
  readonly maxPriceUsd?: number;
  /** Protect configuration, which allows and blocks countries. Default: that of the account. */
  readonly protectConfigurationId?: string;
  /** Parameters of `SendTextMessage`, such as `ConfigurationSetName`. Default: none. */
  readonly extra?: AwsSmsFields;
}

/**
 * Parameters of `SendTextMessage`:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 *
 * @publicApi
 */
export interface AwsSmsFields extends ProviderFields {
  /** Configuration set, whose event destinations receive the delivery reports. */
  readonly ConfigurationSetName?: string;
  /** Ids of India's DLT. */
  readonly DestinationCountryParameters?: { readonly IN_ENTITY_ID?: string; readonly IN_TEMPLATE_ID?: string };
  /** What delivery reports repeat, beside `sendId`; 5 entries at most. */
  readonly Context?: Readonly<Record<string, string>>;
  /** Whether the application reports back that the person received the message. */
  readonly MessageFeedbackEnabled?: boolean;
  /** Program name of a short code in the United States. */
  readonly Keyword?: string;
}

/** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
export function checkOptions(options: AwsSmsBackendOptions): void {
  const own = ['region', 'originationIdentity', 'credentials', 'maxPriceUsd', 'protectConfigurationId'];
  checkProviderOptions(options, own, (reader) => {
    reader.requiredText('region');
    reader.text('originationIdentity', '');
    reader.text('protectConfigurationId', '');
    checkCredentials(reader);
    // https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html: at most two digits
    checkMaxPrice(reader, 99);
  });
}
