import type { OptionReader } from '../../common/option-reader.js';
import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link TwilioBackend}.
 *
 * @publicApi
 */
export interface TwilioBackendOptions extends ProviderOptions {
  /** Account SID, `AC…`. */
  readonly sid: string;
  /** Auth token of the account. This or an API key, which Twilio recommends in production. */
  readonly secret?: string;
  /** SID of an API key of the account, `SK…`. It needs `apiKeySecret`. */
  readonly apiKey?: string;
  /** Secret of the API key. */
  readonly apiKeySecret?: string;
  /** Sender: a number in E.164, a short code or an alphanumeric sender id. This, `messagingServiceSid` or both. */
  readonly from?: string;
  /** SID of the messaging service, `MG…`. Without `from` it chooses the sender. */
  readonly messagingServiceSid?: string;
  /** Fields of the Message resource, such as `StatusCallback`. Default: none. */
  readonly extra?: TwilioFields;
}

/**
 * Fields of the Message resource of Twilio: https://www.twilio.com/docs/messaging/api/message-resource
 *
 * @publicApi
 */
export interface TwilioFields extends ProviderFields {
  /** Where Twilio reports the delivery. */
  readonly StatusCallback?: string;
  /** Whether Twilio checks the message for SMS pumping. */
  readonly RiskCheck?: 'enable' | 'disable';
  /** Whether Twilio keeps the text. */
  readonly ContentRetention?: 'retain' | 'discard';
  /** Whether Twilio keeps the whole number. */
  readonly AddressRetention?: 'retain' | 'obfuscate';
  /** Maximum price of the message in US dollars. */
  readonly MaxPrice?: number | string;
}

const OPTIONS = ['sid', 'secret', 'apiKey', 'apiKeySecret', 'from', 'messagingServiceSid'];

/** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
export function checkOptions(options: TwilioBackendOptions): void {
  checkProviderOptions(options, OPTIONS, (reader) => {
    const sid = reader.requiredText('sid');
    if (sid !== '' && !sid.startsWith('AC')) reader.fault('sid', 'must be an account SID, which begins with AC');
    checkCredentials(reader);
    reader.someText('from', 'messagingServiceSid');
    if (/^whatsapp:/i.test(String(reader.value('from')))) {
      reader.fault(
        'from',
        'is a sender of WhatsApp, and TwilioBackend sends SMS; give an SMS sender, or use a backend for WhatsApp',
      );
    }
  });
}

function checkCredentials(reader: OptionReader): void {
  reader.exactlyOneText('secret', 'apiKey');
  const apiKey = reader.text('apiKey', '');
  if (apiKey !== '' && !apiKey.startsWith('SK')) {
    reader.fault('apiKey', 'must be the SID of an API key, which begins with SK');
  }
  const hasKey = reader.value('apiKey') !== undefined;
  if (hasKey) reader.requiredText('apiKeySecret');
  else if (reader.value('apiKeySecret') !== undefined) reader.fault('apiKeySecret', 'is for an apiKey; give that too');
}
