import { expect } from 'vitest';
import { AwsSmsBackend } from '../../../lib/backends/aws-sms/index.js';
import { type ProviderWire, SEND_ID, TEXT, TO } from '../../support/provider-faults.js';
import type { WireAnswer } from '../../support/wire-server.js';
import { AWS_SMS_REQUEST } from './published-requests.js';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** The response of a refused request, in the protocol AWS JSON 1.0. */
export function awsSmsRefusal(status: number, name: string, fields: object = {}): WireAnswer {
  const body = JSON.stringify({ __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, ...fields });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}

/** https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html */
export const awsSmsWire: ProviderWire = {
  name: 'AwsSmsBackend',
  create: (options) =>
    new AwsSmsBackend({ region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey }, ...options }),
  schema: AWS_SMS_REQUEST,
  credentials: [accessKeyId, secretAccessKey],
  success: (MessageId) => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ MessageId }),
  }),
  refusals: [
    refusal('a number that opted out', 400, 'ConflictException', 'rejected', 'DESTINATION_PHONE_NUMBER_OPTED_OUT'),
    refusal('a country that is not enabled', 400, 'ValidationException', 'unreachable', 'COUNTRY_NOT_ENABLED'),
    refusal(
      'the spend limit',
      400,
      'ServiceQuotaExceededException',
      'misconfigured',
      'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT',
    ),
    refusal('an unknown sender', 400, 'ResourceNotFoundException', 'misconfigured'),
    refusal('a policy against it', 400, 'AccessDeniedException', 'misconfigured'),
    refusal('an unknown access key', 400, 'UnrecognizedClientException', 'misconfigured'),
    refusal('a wrong secret', 400, 'InvalidSignatureException', 'misconfigured'),
    refusal('too many requests', 400, 'ThrottlingException', 'throttled'),
    refusal('trouble', 500, 'InternalServerException', 'unknown'),
    refusal('a name that is not known', 400, 'SomethingNewException', 'unreachable'),
    {
      ...refusal('a reason that is not known', 400, 'ConflictException', 'unreachable', 'SOMETHING_NEW'),
      providerCode: 'ConflictException',
    },
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/']);
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage',
    });
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/sms-voice\/aws4_request, SignedHeaders=/,
    );
    expect(JSON.parse(body)).toEqual({
      DestinationPhoneNumber: TO,
      MessageBody: TEXT,
      MessageType: 'TRANSACTIONAL',
      TimeToLive: 540,
      Context: { sendId: SEND_ID },
    });
  },
};

function refusal(
  when: string,
  status: number,
  name: string,
  kind: ProviderWire['refusals'][number]['kind'],
  Reason?: string,
): ProviderWire['refusals'][number] {
  return {
    when,
    answer: (Message) => awsSmsRefusal(status, name, { Message, ...(Reason !== undefined && { Reason }) }),
    kind,
    providerCode: Reason ?? name,
  };
}
