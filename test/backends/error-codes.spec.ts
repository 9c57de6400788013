import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailoverBackend, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { AWS_SMS_KINDS } from '../../lib/backends/aws-sms/aws-sms.codes.js';
import { SNS_KINDS } from '../../lib/backends/aws-sns/aws-sns.codes.js';
import { BIRD_KINDS, BIRD_STATUS_KINDS } from '../../lib/backends/bird/bird.backend.js';
import { INFOBIP_KINDS } from '../../lib/backends/infobip/infobip.backend.js';
import { MESSAGEBIRD_KINDS, MESSAGEBIRD_STATUS_KINDS } from '../../lib/backends/messagebird/messagebird.backend.js';
import { openBreakersOf } from '../../lib/backends/module-aware.backend.js';
import { PLIVO_KINDS } from '../../lib/backends/plivo/plivo.backend.js';
import { TELNYX_KINDS } from '../../lib/backends/telnyx/telnyx.codes.js';
import { TWILIO_KINDS } from '../../lib/backends/twilio/twilio.codes.js';
import { VONAGE_KINDS } from '../../lib/backends/vonage/vonage.codes.js';
import { failureOf, scripted, started } from '../support/composites.js';
import { type ProviderWire, TEXT, TO } from '../support/provider-faults.js';
import { type WireAnswer, WireServer } from '../support/wire-server.js';
import { awsSmsRefusal, awsSmsWire } from './wire/aws-sms.wire.js';
import { awsSnsWire } from './wire/aws-sns.wire.js';
import { birdAnswer, birdRefusal, birdWire } from './wire/bird.wire.js';
import { infobipAnswer, infobipWire, rejectedWith } from './wire/infobip.wire.js';
import { messageBirdAnswer, messageBirdWire } from './wire/messagebird.wire.js';
import { plivoAnswer, plivoWire } from './wire/plivo.wire.js';
import { telnyxWire } from './wire/telnyx.wire.js';
import { twilioWire } from './wire/twilio.wire.js';
import { vonageWire } from './wire/vonage.wire.js';

type Codes = { readonly [Kind in SmsDeliveryErrorKind]?: string };

interface Documented {
  readonly name: string;
  readonly wire: ProviderWire;
  /** The backend's own table. */
  readonly table: Readonly<Record<string, SmsDeliveryErrorKind>>;
  readonly codes: Codes;
  /** How the provider refuses a message with a code. */
  answer(code: string): WireAnswer;
}

/** Every documented code that a send can return, by the kind that it must have. */
const DOCUMENTED: readonly Documented[] = [
  {
    name: 'Twilio',
    wire: twilioWire,
    table: TWILIO_KINDS,
    codes: {
      misconfigured:
        '10001 10002 20003 20005 20006 20008 20010 20403 20404 21212 21267 21603 21607 21609 21616 21624 21627 21657 ' +
        '21659 21660 21661 21663 21701 21702 21704 21705 21709 30002 30029 30030 30032 30034 30037 30044 30454 572006',
      unreachable:
        '21214 21408 21606 21608 21612 21614 21635 21662 21703 30003 30004 30006 30007 30008 30010 30017 30018 30024 ' +
        '30033 30035 30036 30038 30040 30041 30042 30043 572002 572005',
      rejected: '21211 21217 21421 21602 21604 21605 21610 21617 21618 21619 30005 30019 30450 30453 30485 30630',
      throttled: '14107 20429 21611 30001 30022 30023 30027 63038',
      unavailable: '20503 21730',
      unknown: '20500 20504 30410 30500',
    },
    answer: (code) =>
      code.startsWith('30')
        ? { status: 201, body: { sid: 'SM1', status: 'failed', error_code: Number(code), error_message: 'Refused' } }
        : { status: 400, body: { code: Number(code), message: 'Refused', status: 400 } },
  },
  {
    name: 'Telnyx',
    wire: telnyxWire,
    table: TELNYX_KINDS,
    codes: {
      misconfigured:
        '10003 10005 10006 10009 10010 20001 20002 20006 20012 20013 20014 20015 20016 20017 20100 40013 40015 40019 ' +
        '40100 40150 40151 40155 40304 40305 40306 40307 40308 40311 40312 40313 40314 40315 40317 40320 40321 40323 ' +
        '40325 40330 40331 40333',
      unreachable:
        '10004 10015 10039 40001 40002 40003 40004 40005 40006 40008 40010 40014 40017 40301 40309 40319 40329',
      rejected: '10001 10002 10016 40009 40012 40020 40300 40302 40310 40316 40322 40328',
      throttled: '10011 40011 40016 40018 40318',
      unknown: '10007 10008',
    },
    // The status says nothing where there is a code.
    answer: (code) => ({ status: 429, body: { errors: [{ code, title: 'Refused' }] } }),
  },
  {
    name: 'Vonage',
    wire: vonageWire,
    table: VONAGE_KINDS,
    codes: {
      misconfigured: '4 8 9 11 14 16 19 20 23 32',
      unreachable: '2 3 6 15 17 22 29',
      rejected: '7 12 33 34',
      throttled: '1 10',
      unavailable: '13',
      unknown: '5',
    },
    answer: (status) => ({ status: 200, body: { messages: [{ status, 'error-text': 'Refused' }] } }),
  },
  {
    name: 'Amazon SNS',
    wire: awsSnsWire,
    table: SNS_KINDS,
    codes: {
      misconfigured:
        'AccessDenied AccessDeniedException AuthorizationError ExpiredToken ExpiredTokenException ' +
        'IncompleteSignature InvalidClientTokenId InvalidSecurity KMSAccessDenied KMSDisabled KMSInvalidState ' +
        'KMSNotFound KMSOptInRequired MissingAuthenticationToken NotAuthorized OptInRequired RequestExpired ' +
        'SignatureDoesNotMatch UnrecognizedClientException',
      unreachable:
        'InvalidParameter InvalidParameterValue ParameterValueInvalid UserError ValidationError ValidationException',
      rejected: 'OptedOut',
      throttled: 'KMSThrottling Throttled Throttling ThrottlingException',
      unavailable: 'ServiceUnavailable',
      unknown: 'InternalError InternalFailure',
    },
    answer: (code) => ({
      status: 400,
      body: `<ErrorResponse><Error><Code>${code}</Code><Message>Refused</Message></Error></ErrorResponse>`,
    }),
  },
  {
    name: 'AWS End User Messaging',
    wire: awsSmsWire,
    table: AWS_SMS_KINDS,
    codes: {
      misconfigured:
        'ACCOUNT_DISABLED AccessDeniedException CHANNEL_NOT_ENABLED ExpiredTokenException ' +
        'INSUFFICIENT_ACCOUNT_REPUTATION INVALID_ARN IncompleteSignature InvalidClientTokenId ' +
        'InvalidSignatureException KEYWORD_MISMATCH MESSAGE_TYPE_MISMATCH MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT ' +
        'MissingAuthenticationTokenException NUMBER_CAPABILITIES_MISMATCH NotAuthorized OptInRequired ' +
        'PARAMETERS_CANNOT_BE_USED_TOGETHER PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET ' +
        'REGISTRATION_NOT_COMPLETE RESOURCE_NOT_ACCESSIBLE RESOURCE_NOT_ACTIVE RequestExpired ' +
        'ResourceNotFoundException ServiceQuotaExceededException SignatureDoesNotMatch UNKNOWN_OPERATION ' +
        'UnrecognizedClientException',
      unreachable:
        'CANNOT_PARSE COUNTRY_CODE_MISMATCH COUNTRY_NOT_ENABLED ConflictException DAILY_DESTINATION_CALL_LIMIT ' +
        'DESTINATION_COUNTRY_BLOCKED DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION ' +
        'DESTINATION_PHONE_NUMBER_NOT_VERIFIED FIELD_VALIDATION_FAILED INTERNATIONAL_SENDING_NOT_SUPPORTED ' +
        'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY INVALID_PARAMETER INVALID_REQUEST MISSING_PARAMETER ' +
        'NO_ORIGINATION_IDENTITIES_FOUND OTHER PRICE_OVER_THRESHOLD SENDER_ID_NOT_REGISTERED ' +
        'SENDER_ID_NOT_SUPPORTED SENDER_ID_REQUIRES_REGISTRATION UNSPECIFIED_PARAMETER_NOT_SUPPORTED ' +
        'ValidationException',
      rejected:
        'DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE DESTINATION_PHONE_NUMBER_OPTED_OUT ' +
        'MAXIMUM_SIZE_EXCEEDED',
      throttled: 'ThrottlingException',
      unavailable: 'ServiceUnavailable',
      unknown: 'InternalFailure InternalServerException',
    },
    // A reason is in capitals, the name of an error is not.
    answer: (code) =>
      /[a-z]/.test(code)
        ? awsSmsRefusal(400, code, { Message: 'Refused' })
        : awsSmsRefusal(400, 'ConflictException', { Message: 'Refused', Reason: code }),
  },
  {
    name: 'Bird',
    wire: birdWire,
    table: BIRD_KINDS,
    codes: {
      misconfigured:
        'SMSNoEligibleSender SMSSenderNotConfigured SMSUnsupportedFeature auth_error billing_error misdirected_error ' +
        'not_found_error permission_error',
      unreachable:
        'SMSInvalidRecipient SenderCategoryNotPermitted bad_request_error not_implemented_error precondition_error ' +
        'validation_error',
      rejected: 'payload_too_large_error',
      throttled: 'rate_limit_error',
      unavailable: 'IdempotencyUnavailable service_unavailable_error',
      unknown: 'conflict_error internal_error',
    },
    answer: (code) =>
      code.endsWith('_error')
        ? birdRefusal(400, code, { message: 'Refused' })
        : birdRefusal(422, 'validation_error', { name: code, message: 'Refused' }),
  },
  {
    name: 'Bird for a message that failed at once',
    wire: birdWire,
    table: BIRD_STATUS_KINDS,
    codes: {
      misconfigured: 'insufficient_balance',
      unreachable:
        'blocked_by_carrier blocked_by_recipient content_rejected landline_unreachable sender_unregistered unknown ' +
        'unreachable',
      rejected: 'invalid_destination recipient_opted_out',
      unavailable: 'provider_unavailable',
    },
    answer: (code) => birdAnswer('message-1', { status: 'rejected', last_error: { code, description: 'Refused' } }),
  },
  {
    name: 'Infobip',
    wire: infobipWire,
    table: INFOBIP_KINDS,
    codes: {
      misconfigured: '11 12 13 17 19 UNAUTHORIZED',
      unreachable: '4 6 8 9 15 18 20 23 24 29',
      rejected: '10 14 25 51 52 87',
      throttled: 'TOO_MANY_REQUESTS',
      unavailable: '21 31 100',
    },
    answer: (code) =>
      /^\d/.test(code)
        ? infobipAnswer([[TO, 'm-1', rejectedWith(Number(code), 'REJECTED')]])
        : { status: 400, body: { requestError: { serviceException: { messageId: code, text: 'Refused' } } } },
  },
  {
    name: 'MessageBird',
    wire: messageBirdWire,
    table: MESSAGEBIRD_KINDS,
    codes: { misconfigured: '2 20 25 98', unreachable: '9 10 21', unknown: '99' },
    answer: (code) => ({ status: 422, body: { errors: [{ code: Number(code), description: 'Refused' }] } }),
  },
  {
    name: 'MessageBird for one recipient',
    wire: messageBirdWire,
    table: MESSAGEBIRD_STATUS_KINDS,
    codes: { rejected: '1 5', unreachable: '0 2 3 9 10 11 12 34' },
    answer: (code) => {
      const items = [{ recipient: Number(TO.slice(1)), status: 'delivery_failed', statusErrorCode: Number(code) }];
      return { status: 201, body: { id: 'message-1', recipients: { items } } };
    },
  },
  {
    name: 'Plivo',
    wire: plivoWire,
    table: PLIVO_KINDS,
    codes: { unreachable: '400 403', rejected: 'invalid_number' },
    answer: (code) =>
      code === 'invalid_number' ? plivoAnswer([], [TO.slice(1)]) : { status: Number(code), body: { error: 'Refused' } },
  },
];

const CASES = DOCUMENTED.map(({ name, wire, table, codes, answer }) => ({
  name,
  wire,
  table,
  answer,
  list: casesOf(codes),
}));

function casesOf(codes: Codes) {
  const all = Object.entries(codes) as [SmsDeliveryErrorKind, string][];
  return all.flatMap(([kind, list]) => list.split(' ').map((code) => ({ code, kind })));
}

let server: WireServer;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await WireServer.start();
});

afterAll(async () => {
  Logger.overrideLogger(true);
  await server.close();
});

describe.each(CASES)('the documented codes of $name', ({ wire, table, list, answer }) => {
  it('are all in the table of the backend, and no others', () => {
    expect(table).toEqual(Object.fromEntries(list.map(({ code, kind }) => [code, kind])));
  });

  it.each(list)('$code is $kind', async ({ code, kind }) => {
    server.answer(answer(code));

    const error = await failureOf(wire.create({ baseUrl: server.url }).sendSms(TO, TEXT));

    expect(error).toMatchObject({ kind, providerCode: code });
  });
});

/** Refusals that name nothing which another provider would refuse too. */
const REFUSALS: readonly (readonly [name: string, wire: ProviderWire, answer: WireAnswer])[] = [
  ...CASES.flatMap(({ name, wire, list, answer }) =>
    list
      .filter(({ kind }) => kind === 'unreachable' || kind === 'misconfigured')
      .map(({ code }) => [`${name} ${code}`, wire, answer(code)] as const),
  ),
  ...[400, 402].map(
    (status) =>
      [`Plivo ${status} without credit`, plivoWire, { status, body: { error: 'Insufficient Credit' } }] as const,
  ),
  [
    'MessageBird 9 and 25',
    messageBirdWire,
    {
      status: 422,
      body: {
        errors: [
          { code: 9, description: 'no (correct) recipients found', parameter: 'recipients' },
          { code: 25, description: 'not enough balance', parameter: null },
        ],
      },
    },
  ],
  ['MessageBird delivery_failed', messageBirdWire, messageBirdAnswer('m', [[TO, 'delivery_failed']], 'expired', 34)],
  ...[
    twilioWire,
    vonageWire,
    telnyxWire,
    awsSnsWire,
    awsSmsWire,
    messageBirdWire,
    birdWire,
    plivoWire,
    infobipWire,
  ].flatMap((wire) =>
    [402, 409, 422].map((status) => [`${wire.name} ${status} without a code`, wire, { status, body: {} }] as const),
  ),
];

const PEOPLE = Array.from({ length: 10 }, (_, index) => `+1415555267${index}`);

describe('ten people, when the first of two providers refuses them', () => {
  it.each(REFUSALS)('are all served after %s', async (_name, wire, answer) => {
    server.answer(answer);
    const second = scripted('Second');
    const failover = started(
      new FailoverBackend({ backends: [{ backend: wire.create({ baseUrl: server.url }) }, { backend: second }] }),
    );

    for (const person of PEOPLE) await failover.sendSms(person, TEXT);

    expect(second.handed.map(({ number }) => number)).toEqual(PEOPLE);
  });
});

describe('two hundred and fifty people, when the account has no credit', () => {
  it.each([
    ['Plivo', plivoWire, { status: 400, body: { error: 'Insufficient Credit' } }],
    [
      'MessageBird',
      messageBirdWire,
      { status: 422, body: { errors: [{ code: 9, parameter: 'recipients' }, { code: 25 }] } },
    ],
    ['Infobip', infobipWire, { status: 402, body: { errorCode: 'E402', description: 'No credit.' } }],
    ['Twilio', twilioWire, { status: 400, body: { code: 30002, message: 'Account suspended' } }],
    ['Bird', birdWire, birdRefusal(402, 'billing_error')],
    ['AWS', awsSmsWire, awsSmsRefusal(400, 'ServiceQuotaExceededException')],
  ] as const)('cost five requests at most: %s', async (_name, wire, answer) => {
    server.answer(answer);
    const before = server.requests.length;
    const people = Array.from({ length: 250 }, (_, index) => `+14155552${100 + index}`);

    const results = await wire.create({ baseUrl: server.url }).sendBulkSms(people, TEXT);

    expect(results?.map(({ number }) => number)).toEqual(people);
    expect(new Set(results?.map(({ error }) => error?.kind))).toEqual(new Set(['misconfigured']));
    expect(server.requests.length - before).toBeLessThanOrEqual(5);
  });
});

describe('a fault of the destination', () => {
  it.each(
    CASES.flatMap(({ name, wire, list, answer }) =>
      list
        .filter(({ kind }) => kind === 'unreachable' || kind === 'rejected')
        .map(({ code }) => [`${name} ${code}`, wire, answer(code)] as const),
    ),
  )('opens no circuit breaker: %s', async (_name, wire, answer) => {
    server.answer(answer);
    const first = wire.create({ baseUrl: server.url });
    const failover = started(new FailoverBackend({ backends: [{ backend: first }], breaker: { failures: 2 } }));

    for (const person of PEOPLE.slice(0, 3)) await failureOf(failover.sendSms(person, TEXT));
    server.answer(wire.success('message-1'));

    expect(openBreakersOf(failover)).toEqual([]);
    expect(await failover.sendSms(TO, TEXT)).toMatchObject({ messageId: 'message-1' });
  });
});
