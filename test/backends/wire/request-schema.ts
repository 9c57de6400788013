import type { ReceivedRequest } from '../../support/wire-server.js';

/** What a provider publishes about one field of a request. */
interface Field {
  readonly type: 'string' | 'number' | 'boolean' | 'array' | 'object';
  readonly isRequired?: true;
  /** Of a number. */
  readonly range?: readonly [least: number, most: number];
  /** Of a text in characters, or of a list in entries. */
  readonly length?: readonly [least: number, most: number];
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** Of an object, or of each entry of a list. */
  readonly fields?: RequestSchema;
}

/** The published fields of a request, by name. */
export type RequestSchema = Readonly<Record<string, Field>>;

/** What a request has against the schema of its provider. */
export function schemaFaults(schema: RequestSchema, request: ReceivedRequest): string[] {
  return faultsOf(schema, fieldsOf(request), '');
}

/** A form has texts only: those that are numbers are read as such where the schema has a number. */
function fieldsOf({ headers, body }: ReceivedRequest): unknown {
  if (headers['content-type']?.includes('json')) return JSON.parse(body);
  return Object.fromEntries(new URLSearchParams(body));
}

function faultsOf(schema: RequestSchema, value: unknown, path: string): string[] {
  const given: Record<string, unknown> = Object(value);
  const missing = Object.entries(schema).filter(([name, { isRequired }]) => isRequired && !(name in given));
  return [
    ...missing.map(([name]) => `${path}${name} is missing`),
    ...Object.entries(given).flatMap(([name, each]) => {
      const field = Object.hasOwn(schema, name) ? schema[name] : undefined;
      return field === undefined ? [`${path}${name} is no field`] : faultsOfField(field, each, path + name);
    }),
  ];
}

function faultsOfField(field: Field, given: unknown, path: string): string[] {
  const value = field.type === 'number' && typeof given === 'string' && given !== '' ? Number(given) : given;
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (type !== field.type || Number.isNaN(value)) return [`${path} is no ${field.type}`];
  if (!isWithin(field.range, Number(value))) return [`${path} is out of range`];
  if (!isWithin(field.length, Reflect.get(Object(value), 'length'))) return [`${path} has a wrong length`];
  if (field.values?.includes(String(value)) === false) return [`${path} is no known value`];
  if (field.pattern?.test(String(value)) === false) return [`${path} has a wrong form`];
  const { fields } = field;
  if (fields === undefined) return [];
  const inner: unknown[] = Array.isArray(value) ? value : [value];
  return inner.flatMap((each) => faultsOf(fields, each, `${path}.`));
}

function isWithin(bounds: readonly [number, number] | undefined, value: number): boolean {
  return bounds === undefined || (value >= bounds[0] && value <= bounds[1]);
}

const TEXT = { type: 'string' } as const;
const REQUIRED = { type: 'string', isRequired: true } as const;
const DIGITS = { ...REQUIRED, pattern: /^\d{7,15}$/ } as const;
const E164 = { ...REQUIRED, pattern: /^\+\d{7,15}$/ } as const;

/** https://www.twilio.com/docs/messaging/api/message-resource */
export const TWILIO_REQUEST: RequestSchema = {
  To: E164,
  From: TEXT,
  MessagingServiceSid: { ...TEXT, pattern: /^MG/ },
  Body: { ...REQUIRED, length: [1, 1600] },
  ValidityPeriod: { type: 'number', range: [1, 36_000] },
  StatusCallback: { ...TEXT, pattern: /^https?:/ },
  MaxPrice: { type: 'number', range: [0, 1000] },
  RiskCheck: { ...TEXT, values: ['enable', 'disable'] },
  ContentRetention: { ...TEXT, values: ['retain', 'discard'] },
  AddressRetention: { ...TEXT, values: ['retain', 'obfuscate'] },
};

/** https://developer.vonage.com/en/api/sms */
export const VONAGE_REQUEST: RequestSchema = {
  to: DIGITS,
  from: REQUIRED,
  text: REQUIRED,
  type: { ...TEXT, values: ['text', 'binary', 'unicode'] },
  // The field takes 20 s; the error list asks for 30 minutes.
  ttl: { type: 'number', range: [1_800_000, 604_800_000] },
  'client-ref': { ...TEXT, length: [1, 100] },
  callback: { ...TEXT, pattern: /^https?:/ },
  'entity-id': TEXT,
  'content-id': TEXT,
};

/** https://developers.telnyx.com/api-reference/messages/send-a-message */
export const TELNYX_REQUEST: RequestSchema = {
  to: E164,
  from: TEXT,
  text: REQUIRED,
  messaging_profile_id: TEXT,
  webhook_url: { ...TEXT, pattern: /^https?:/ },
  encoding: { ...TEXT, values: ['auto', 'gsm7', 'ucs2'] },
};

/** https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms */
export const MESSAGEBIRD_REQUEST: RequestSchema = {
  originator: { ...REQUIRED, length: [1, 17] },
  recipients: { type: 'array', isRequired: true, length: [1, 50] },
  body: REQUIRED,
  datacoding: { ...TEXT, values: ['plain', 'unicode', 'auto'] },
  validity: { type: 'number', range: [1, Number.MAX_SAFE_INTEGER] },
  reference: TEXT,
  reportUrl: { ...TEXT, pattern: /^https?:/ },
};

/** https://www.plivo.com/docs/messaging/api/message/send-a-message */
export const PLIVO_REQUEST: RequestSchema = {
  src: TEXT,
  powerpack_uuid: TEXT,
  dst: { ...REQUIRED, pattern: /^\d{7,15}(<\d{7,15})*$/ },
  text: REQUIRED,
  message_expiry: { type: 'number', range: [5, 10_800] },
  log: { type: 'boolean' },
  url: { ...TEXT, pattern: /^https?:/ },
  dlt_entity_id: TEXT,
  dlt_template_id: TEXT,
  dlt_template_category: TEXT,
};

/** https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages */
export const INFOBIP_REQUEST: RequestSchema = {
  messages: {
    type: 'array',
    isRequired: true,
    fields: {
      sender: REQUIRED,
      destinations: { type: 'array', isRequired: true, length: [1, 1000], fields: { to: DIGITS } },
      content: { type: 'object', isRequired: true, fields: { text: REQUIRED } },
      options: {
        type: 'object',
        fields: {
          validityPeriod: {
            type: 'object',
            fields: {
              amount: { type: 'number', range: [1, 172_800] },
              timeUnit: { ...TEXT, values: ['SECONDS', 'MINUTES', 'HOURS'] },
            },
          },
          regional: {
            type: 'object',
            fields: {
              indiaDlt: { type: 'object', fields: { contentTemplateId: TEXT, principalEntityId: REQUIRED } },
            },
          },
        },
      },
      webhooks: {
        type: 'object',
        fields: {
          callbackData: { ...TEXT, length: [1, 4000] },
          delivery: { type: 'object', fields: { url: { ...TEXT, pattern: /^https?:/ } } },
        },
      },
    },
  },
};

const ANY_TEXT_FIELDS: RequestSchema = { sendId: TEXT, shop: TEXT };

/** https://bird.com/docs/api/reference/create-sms-message; `validity_period` is refused for now */
export const BIRD_REQUEST: RequestSchema = {
  to: E164,
  from: REQUIRED,
  text: { ...REQUIRED, length: [1, 1836] },
  category: { ...REQUIRED, values: ['transactional', 'marketing', 'authentication', 'service'] },
  tags: { type: 'array', length: [1, 20], fields: { name: REQUIRED, value: REQUIRED } },
  metadata: { type: 'object', fields: ANY_TEXT_FIELDS },
  options: { type: 'object', fields: { smart_encoding: { type: 'boolean' } } },
};

/** https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html */
export const AWS_SMS_REQUEST: RequestSchema = {
  DestinationPhoneNumber: { ...REQUIRED, length: [1, 20], pattern: /^\+?[1-9][0-9]{1,18}$/ },
  OriginationIdentity: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/+-]+$/ },
  MessageBody: { ...REQUIRED, length: [1, 1600] },
  MessageType: { ...TEXT, values: ['TRANSACTIONAL', 'PROMOTIONAL'] },
  Keyword: { ...TEXT, length: [1, 30] },
  ConfigurationSetName: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/-]+$/ },
  MaxPrice: { ...TEXT, length: [2, 8], pattern: /^[0-9]{0,2}\.[0-9]{1,5}$/ },
  TimeToLive: { type: 'number', range: [5, 259_200] },
  Context: { type: 'object', fields: ANY_TEXT_FIELDS },
  DestinationCountryParameters: { type: 'object', fields: { IN_ENTITY_ID: TEXT, IN_TEMPLATE_ID: TEXT } },
  DryRun: { type: 'boolean' },
  ProtectConfigurationId: { ...TEXT, length: [1, 256], pattern: /^[A-Za-z0-9_:/-]+$/ },
  MessageFeedbackEnabled: { type: 'boolean' },
};
