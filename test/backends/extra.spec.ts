import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BaseBackend } from '../../lib/index.js';
import type { AwsSmsFields } from '../../lib/backends/aws-sms/index.js';
import type { SnsAttributes } from '../../lib/backends/aws-sns/index.js';
import type { BirdFields } from '../../lib/backends/bird/index.js';
import type { InfobipFields } from '../../lib/backends/infobip/index.js';
import type { MessageBirdFields } from '../../lib/backends/messagebird/index.js';
import type { PlivoFields } from '../../lib/backends/plivo/index.js';
import type { TelnyxFields } from '../../lib/backends/telnyx/index.js';
import type { TwilioFields } from '../../lib/backends/twilio/index.js';
import type { VonageFields } from '../../lib/backends/vonage/index.js';
import { failureOf } from '../support/composites.js';
import { faultsOf } from '../support/configuration-faults.js';
import { type ProviderWire, SEND_ID, sendContext, TEXT, TO } from '../support/provider-faults.js';
import { WireServer } from '../support/wire-server.js';
import { schemaFaults } from './wire/request-schema.js';
import { awsSmsWire } from './wire/aws-sms.wire.js';
import { awsSnsWire } from './wire/aws-sns.wire.js';
import { birdWire } from './wire/bird.wire.js';
import { infobipWire } from './wire/infobip.wire.js';
import { messageBirdWire } from './wire/messagebird.wire.js';
import { plivoWire } from './wire/plivo.wire.js';
import { telnyxWire } from './wire/telnyx.wire.js';
import { twilioWire } from './wire/twilio.wire.js';
import { vonageWire } from './wire/vonage.wire.js';

const CALLBACK = 'https://api.example.com/receipts?key=callback-key';

/** What India's DLT, callbacks and retention need, by the names of each provider, and where it must arrive. */
const PROVIDERS: readonly (readonly [wire: ProviderWire, extra: object, expected: object])[] = [
  [
    twilioWire,
    {
      StatusCallback: CALLBACK,
      RiskCheck: 'disable',
      ContentRetention: 'discard',
      MaxPrice: 0.1,
      ValidityPeriod: 60,
    } satisfies TwilioFields,
    {
      StatusCallback: CALLBACK,
      RiskCheck: 'disable',
      ContentRetention: 'discard',
      MaxPrice: '0.1',
      ValidityPeriod: '60',
      To: TO,
    },
  ],
  [
    vonageWire,
    { 'entity-id': '1101', 'content-id': '1107', callback: CALLBACK, from: 'Other' } satisfies VonageFields,
    { 'entity-id': '1101', 'content-id': '1107', callback: CALLBACK, from: 'Other', to: TO.slice(1) },
  ],
  [
    telnyxWire,
    { webhook_url: CALLBACK, from: 'Other' } satisfies TelnyxFields,
    { webhook_url: CALLBACK, from: 'Other', to: TO },
  ],
  [
    messageBirdWire,
    { reportUrl: CALLBACK, datacoding: 'unicode' } satisfies MessageBirdFields,
    { reportUrl: CALLBACK, datacoding: 'unicode', recipients: [TO.slice(1)] },
  ],
  [
    plivoWire,
    {
      dlt_entity_id: '1101',
      dlt_template_id: '1107',
      dlt_template_category: 'service_implicit',
      log: false,
      url: CALLBACK,
      src: 'Other',
    } satisfies PlivoFields,
    {
      dlt_entity_id: '1101',
      dlt_template_id: '1107',
      dlt_template_category: 'service_implicit',
      log: false,
      url: CALLBACK,
      src: 'Other',
      dst: TO.slice(1),
    },
  ],
  [
    infobipWire,
    {
      sender: 'Other',
      options: { regional: { indiaDlt: { contentTemplateId: '1107', principalEntityId: '1101' } } },
      webhooks: { delivery: { url: CALLBACK } },
    } satisfies InfobipFields,
    {
      messages: [
        {
          sender: 'Other',
          options: {
            validityPeriod: { amount: 540, timeUnit: 'SECONDS' },
            regional: { indiaDlt: { contentTemplateId: '1107', principalEntityId: '1101' } },
          },
          webhooks: { delivery: { url: CALLBACK } },
        },
      ],
    },
  ],
  [
    awsSnsWire,
    {
      'AWS.MM.SMS.EntityId': '1101',
      'AWS.MM.SMS.TemplateId': '1107',
      'AWS.SNS.SMS.SMSType': 'Promotional',
      'AWS.SNS.SMS.MaxPrice': 0.5,
      callback: CALLBACK,
    } satisfies SnsAttributes,
    {
      'MessageAttributes.entry.1.Name': 'AWS.SNS.SMS.SMSType',
      'MessageAttributes.entry.1.Value.StringValue': 'Promotional',
      'MessageAttributes.entry.2.Name': 'AWS.MM.SMS.EntityId',
      'MessageAttributes.entry.2.Value.StringValue': '1101',
      'MessageAttributes.entry.3.Name': 'AWS.MM.SMS.TemplateId',
      'MessageAttributes.entry.3.Value.StringValue': '1107',
      'MessageAttributes.entry.4.Value.DataType': 'Number',
      'MessageAttributes.entry.4.Value.StringValue': '0.5',
    },
  ],
  [
    awsSmsWire,
    {
      ConfigurationSetName: 'receipts-of-codes',
      DestinationCountryParameters: { IN_ENTITY_ID: '1101', IN_TEMPLATE_ID: '1107' },
      Context: { shop: CALLBACK },
      MessageFeedbackEnabled: true,
      TimeToLive: 60,
    } satisfies AwsSmsFields,
    {
      ConfigurationSetName: 'receipts-of-codes',
      DestinationCountryParameters: { IN_ENTITY_ID: '1101', IN_TEMPLATE_ID: '1107' },
      Context: { shop: CALLBACK, sendId: SEND_ID },
      MessageFeedbackEnabled: true,
      TimeToLive: 60,
      DestinationPhoneNumber: TO,
    },
  ],
  [
    birdWire,
    {
      category: 'transactional',
      tags: [{ name: 'shop', value: 'a' }],
      metadata: { shop: CALLBACK },
      options: { smart_encoding: true },
    } satisfies BirdFields,
    {
      category: 'transactional',
      tags: [{ name: 'shop', value: 'a' }],
      metadata: { shop: CALLBACK, sendId: SEND_ID },
      options: { smart_encoding: true },
      to: TO,
    },
  ],
];

let server: WireServer;

beforeAll(async () => {
  server = await WireServer.start();
});

afterAll(() => server.close());

function backendOf(wire: ProviderWire, extra: object): BaseBackend<unknown> {
  return wire.create({ baseUrl: server.url, extra: { ...extra } });
}

function lastFields(): unknown {
  const { body, headers } = server.last;
  return headers['content-type']?.includes('json') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
}

describe.each(PROVIDERS.map(([wire, extra, expected]) => ({ name: wire.name, wire, extra, expected })))(
  'the option extra of $name',
  ({ wire, extra, expected }) => {
    it('passes fields of the API with every message, and they override those of the backend', async () => {
      server.answer(wire.success('message-1'));
      const backend = backendOf(wire, extra);

      await backend.sendSms(TO, TEXT, sendContext());
      expect(lastFields()).toMatchObject(expected);
      expect(schemaFaults(wire.schema, server.last)).toEqual([]);
    });

    it('is not shown by an error', async () => {
      const [refusal] = wire.refusals;
      server.answer(refusal!.answer(`invalid ${CALLBACK}`));

      const error = await failureOf(backendOf(wire, extra).sendSms(TO, TEXT));

      expect(error.message).toContain('[redacted]');
      expect(error.message).not.toContain('callback-key');
    });

    it('must be an object', () => {
      expect(faultsOf(() => wire.create({ baseUrl: server.url, extra: 'x' as never }))).toEqual([
        'options.extra: must be an object',
      ]);
    });
  },
);
