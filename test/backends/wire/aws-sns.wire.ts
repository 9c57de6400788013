import { expect } from 'vitest';
import { AwsSnsBackend } from '../../../lib/backends/aws-sns/index.js';
import { type ProviderWire, TEXT, TO } from '../../support/provider-faults.js';
import type { WireAnswer } from '../../support/wire-server.js';
import { SNS_REQUEST } from './published-requests.js';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

function refused(status: number, code: string) {
  return (message: string): WireAnswer => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body:
      `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${message}</Message></Error><RequestId>9d0b1c0e</RequestId></ErrorResponse>`,
  });
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, in the query protocol that this SDK speaks */
export const awsSnsWire: ProviderWire = {
  name: 'AwsSnsBackend',
  create: (options) =>
    new AwsSnsBackend({ region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey }, ...options }),
  schema: SNS_REQUEST,
  credentials: [accessKeyId, secretAccessKey],
  success: (messageId) => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body:
      `<PublishResponse xmlns="${NAMESPACE}"><PublishResult><MessageId>${messageId}</MessageId></PublishResult>` +
      '<ResponseMetadata><RequestId>f187a3c1</RequestId></ResponseMetadata></PublishResponse>',
  }),
  refusals: [
    refusal('an invalid parameter', 400, 'InvalidParameter', 'unreachable'),
    refusal('an invalid value', 400, 'ParameterValueInvalid', 'unreachable'),
    refusal('a number that opted out', 400, 'OptedOut', 'rejected'),
    refusal('an unknown access key', 403, 'InvalidClientTokenId', 'misconfigured'),
    refusal('a wrong secret', 403, 'SignatureDoesNotMatch', 'misconfigured'),
    refusal('credentials that expired', 403, 'ExpiredToken', 'misconfigured'),
    refusal('a policy against it', 403, 'AuthorizationError', 'misconfigured'),
    refusal('an account without the service', 403, 'OptInRequired', 'misconfigured'),
    refusal('a wrong clock', 400, 'RequestExpired', 'misconfigured'),
    refusal('too many requests', 400, 'Throttling', 'throttled'),
    refusal('too many messages', 429, 'Throttled', 'throttled'),
    refusal('trouble', 500, 'InternalError', 'unknown'),
    refusal('a service that is down', 503, 'ServiceUnavailable', 'unavailable'),
    refusal('a code that is not known', 400, 'SomethingNew', 'unreachable'),
  ],
  expectRequest: ({ method, path, headers, body }) => {
    expect([method, path]).toEqual(['POST', '/']);
    expect(headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/sns\/aws4_request, SignedHeaders=/,
    );
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      Action: 'Publish',
      Version: '2010-03-31',
      PhoneNumber: TO,
      Message: TEXT,
      'MessageAttributes.entry.1.Name': 'AWS.SNS.SMS.SMSType',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'Transactional',
    });
  },
};

function refusal(
  when: string,
  status: number,
  providerCode: string,
  kind: ProviderWire['refusals'][number]['kind'],
): ProviderWire['refusals'][number] {
  return { when, answer: refused(status, providerCode), kind, providerCode };
}
