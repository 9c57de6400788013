import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link TelnyxBackend}.
 *
 * @publicApi
 */
export interface TelnyxBackendOptions extends ProviderOptions {
  /** API key, `KEY…`. */
  readonly apiKey: string;
  /**
   * Sender: a number in E.164 or a short code that has a messaging profile, or an alphanumeric sender id, which needs
   * `messagingProfileId`. This, `messagingProfileId` or both.
   */
  readonly from?: string;
  /** Messaging profile. Without `from`, its number pool chooses the sender. */
  readonly messagingProfileId?: string;
  /** Fields of the Messaging API, such as `webhook_url`. Default: none. */
  readonly extra?: TelnyxFields;
}

/**
 * Fields of the Messaging API of Telnyx: https://developers.telnyx.com/api-reference/messages/send-a-message
 *
 * @publicApi
 */
export interface TelnyxFields extends ProviderFields {
  /** Where Telnyx reports the delivery. */
  readonly webhook_url?: string;
  /** Where Telnyx reports it if `webhook_url` fails. */
  readonly webhook_failover_url?: string;
  /** How the text is encoded. */
  readonly encoding?: 'auto' | 'gsm7' | 'ucs2';
}

/** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
export function checkOptions(options: TelnyxBackendOptions): void {
  checkProviderOptions(options, ['apiKey', 'from', 'messagingProfileId'], (reader) => {
    reader.requiredText('apiKey');
    reader.someText('from', 'messagingProfileId');
    const isAlphanumeric = /[a-z]/i.test(reader.text('from', ''));
    if (isAlphanumeric && reader.value('messagingProfileId') === undefined) {
      reader.fault('messagingProfileId', 'is required with an alphanumeric sender in from');
    }
  });
}
