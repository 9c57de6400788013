import type { Field, RequestSchema } from './request-schema.js';

const TEXT = { type: 'string' } as const;
const TRUTH = { type: 'boolean' } as const;
const REQUIRED = { type: 'string', isRequired: true } as const;
const ADDRESS = { ...TEXT, pattern: /^https?:/ } as const;
const DIGITS = { ...REQUIRED, pattern: /^\d{7,15}$/ } as const;
const E164 = { ...REQUIRED, pattern: /^\+\d{7,15}$/ } as const;

/** https://www.twilio.com/docs/messaging/api/message-resource */
export const TWILIO_REQUEST: RequestSchema = {
  To: E164,
  From: { ...TEXT, isRequired: { without: 'MessagingServiceSid' } },
  MessagingServiceSid: { ...TEXT, pattern: /^MG/ },
  Body: { ...REQUIRED, length: [1, 1600] },
  ValidityPeriod: { type: 'number', range: [1, 36_000] },
  StatusCallback: ADDRESS,
  MaxPrice: { type: 'number', range: [0, 1000] },
  ProvideFeedback: TRUTH,
  SmartEncoded: TRUTH,
  RiskCheck: { ...TEXT, values: ['enable', 'disable'] },
  ContentRetention: { ...TEXT, values: ['retain', 'discard'] },
  AddressRetention: { ...TEXT, values: ['retain', 'obfuscate'] },
};

/** The OpenAPI document of the SMS API, 1.0.6; `entity-id` and `content-id` as in https://developer.vonage.com/en/api/sms */
export const VONAGE_REQUEST: RequestSchema = {
  to: DIGITS,
  from: REQUIRED,
  text: REQUIRED,
  type: { ...TEXT, values: ['text', 'binary', 'wappush', 'unicode', 'vcal', 'vcard'] },
  // The field takes 20 s and recommends 30 minutes.
  ttl: { type: 'number', range: [1_800_000, 604_800_000] },
  'client-ref': { ...TEXT, length: [1, 40] },
  callback: ADDRESS,
  'status-report-req': TRUTH,
  'message-class': { type: 'number', range: [0, 3] },
  'account-ref': TEXT,
  'entity-id': TEXT,
  'content-id': TEXT,
};

/** `MessageSendParams` of `telnyx`, which is generated from the OpenAPI document of Telnyx */
export const TELNYX_REQUEST: RequestSchema = {
  to: E164,
  from: { ...TEXT, isRequired: { without: 'messaging_profile_id' } },
  text: { ...REQUIRED, length: [1, Number.MAX_SAFE_INTEGER] },
  messaging_profile_id: TEXT,
  type: { ...TEXT, values: ['SMS', 'MMS'] },
  webhook_url: ADDRESS,
  webhook_failover_url: ADDRESS,
  use_profile_webhooks: TRUTH,
  auto_detect: TRUTH,
  send_at: TEXT,
  encoding: { ...TEXT, values: ['auto', 'gsm7', 'ucs2'] },
};

/** https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms, bounds as in a JSON schema that others derived */
export const MESSAGEBIRD_REQUEST: RequestSchema = {
  originator: { ...REQUIRED, length: [1, 17] },
  recipients: { type: 'array', isRequired: true, length: [1, 50], entry: DIGITS },
  body: { ...REQUIRED, length: [1, 1377] },
  type: { ...TEXT, values: ['sms', 'binary', 'flash'] },
  datacoding: { ...TEXT, values: ['plain', 'unicode', 'auto'] },
  validity: { type: 'number', range: [1, Number.MAX_SAFE_INTEGER] },
  mclass: { type: 'number', range: [0, 1] },
  gateway: { type: 'number' },
  reference: TEXT,
  reportUrl: ADDRESS,
};

/** https://www.plivo.com/docs/messaging/api/message/send-a-message */
export const PLIVO_REQUEST: RequestSchema = {
  src: { ...TEXT, isRequired: { without: 'powerpack_uuid' }, pattern: /^(?:\+?\d{1,14}|[A-Za-z0-9]{1,11})$/ },
  powerpack_uuid: TEXT,
  dst: { ...REQUIRED, pattern: /^\d{1,14}(<\d{1,14})*$/ },
  text: { ...REQUIRED, length: [1, 1600] },
  type: { ...TEXT, values: ['sms', 'mms', 'whatsapp'] },
  message_expiry: { type: 'number', range: [5, 10_800] },
  log: TRUTH,
  trackable: TRUTH,
  url: ADDRESS,
  method: { ...TEXT, values: ['GET', 'POST'] },
  dlt_entity_id: TEXT,
  dlt_template_id: TEXT,
  dlt_template_category: TEXT,
};

const INFOBIP_OPTIONS: RequestSchema = {
  validityPeriod: {
    type: 'object',
    fields: {
      amount: { type: 'number', isRequired: true, range: [1, 172_800] },
      timeUnit: { ...TEXT, values: ['SECONDS', 'MINUTES', 'HOURS'] },
    },
  },
  regional: {
    type: 'object',
    fields: { indiaDlt: { type: 'object', fields: { contentTemplateId: TEXT, principalEntityId: REQUIRED } } },
  },
};

/** https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages */
const INFOBIP_MESSAGE: Field = {
  type: 'object',
  fields: {
    sender: REQUIRED,
    destinations: {
      type: 'array',
      isRequired: true,
      length: [1, 1000],
      entry: { type: 'object', fields: { to: DIGITS } },
    },
    content: { type: 'object', isRequired: true, fields: { text: REQUIRED } },
    options: { type: 'object', fields: INFOBIP_OPTIONS },
    webhooks: {
      type: 'object',
      fields: {
        callbackData: { ...TEXT, length: [1, 4000] },
        delivery: { type: 'object', fields: { url: ADDRESS } },
      },
    },
  },
};

export const INFOBIP_REQUEST: RequestSchema = {
  messages: { type: 'array', isRequired: true, length: [1, Number.MAX_SAFE_INTEGER], entry: INFOBIP_MESSAGE },
};

/** https://bird.com/docs/api/reference/create-sms-message; `validity_period` is refused for now */
export const BIRD_REQUEST: RequestSchema = {
  to: E164,
  from: REQUIRED,
  text: { ...REQUIRED, length: [1, 1836] },
  category: { ...REQUIRED, values: ['transactional', 'marketing', 'authentication', 'service'] },
  tags: { type: 'array', length: [1, 20], entry: { type: 'object', fields: { name: REQUIRED, value: REQUIRED } } },
  metadata: { type: 'object', entry: TEXT },
  options: { type: 'object', fields: { smart_encoding: TRUTH } },
};

const DLT_ID = { ...TEXT, length: [1, 64], pattern: /^\S+$/ } as const;

/** `SendTextMessage` in the model of the API (`botocore` 1.43.107) */
export const AWS_SMS_REQUEST: RequestSchema = {
  DestinationPhoneNumber: { ...REQUIRED, length: [1, 20], pattern: /^\+?[1-9][0-9]{1,18}$/ },
  OriginationIdentity: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/+-]+$/ },
  MessageBody: { ...REQUIRED, length: [1, 1600], pattern: /\S/ },
  MessageType: { ...TEXT, values: ['TRANSACTIONAL', 'PROMOTIONAL'] },
  Keyword: { ...TEXT, length: [1, 30], pattern: /^[ \S]+$/ },
  ConfigurationSetName: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/-]+$/ },
  MaxPrice: { ...TEXT, length: [2, 8], pattern: /^[0-9]{0,2}\.[0-9]{1,5}$/ },
  TimeToLive: { type: 'number', range: [5, 259_200] },
  Context: { type: 'object', length: [0, 5], entry: { ...TEXT, length: [1, 800], pattern: /^\S(?:[^]*\S)?$/ } },
  DestinationCountryParameters: {
    type: 'object',
    length: [0, 10],
    fields: { IN_ENTITY_ID: DLT_ID, IN_TEMPLATE_ID: DLT_ID },
  },
  DryRun: TRUTH,
  ProtectConfigurationId: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/-]+$/ },
  MessageFeedbackEnabled: TRUTH,
};

/** A message attribute of SNS. */
function attribute(dataType: string, value: Omit<Field, 'isRequired'>): Field {
  return {
    type: 'object',
    fields: { DataType: { ...REQUIRED, values: [dataType] }, StringValue: { ...value, isRequired: true } },
  };
}

/**
 * `Publish` in the model of Amazon SNS (`botocore` 1.43.107), and the attributes of an SMS:
 * https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
 */
export const SNS_REQUEST: RequestSchema = {
  Action: { ...REQUIRED, values: ['Publish'] },
  Version: { ...REQUIRED, values: ['2010-03-31'] },
  PhoneNumber: E164,
  Message: { ...REQUIRED, length: [1, 1600] },
  MessageAttributes: {
    type: 'object',
    fields: {
      'AWS.SNS.SMS.SMSType': attribute('String', { ...TEXT, values: ['Promotional', 'Transactional'] }),
      'AWS.SNS.SMS.SenderID': attribute('String', { ...TEXT, pattern: /^(?=.*[A-Za-z])\S{1,11}$/ }),
      'AWS.SNS.SMS.MaxPrice': attribute('Number', { type: 'number', range: [0, 1000] }),
    },
    entry: {
      type: 'object',
      fields: {
        DataType: { ...REQUIRED, values: ['String', 'String.Array', 'Number', 'Binary'] },
        StringValue: { ...TEXT, isRequired: { without: 'BinaryValue' } },
        BinaryValue: TEXT,
      },
    },
  },
};
