import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtra,
} from '../provider/provider-options.js';
import { type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';

/**
 * Settings of {@link BirdBackend}.
 *
 * @publicApi
 */
export interface BirdBackendOptions extends ProviderOptions {
  /** API key of the workspace, `bk_…`. Its second part is the region, which decides the default of `baseUrl`. */
  readonly apiKey: string;
  /** Sender that the workspace holds: a number in E.164, a short code or an alphanumeric sender id. */
  readonly from: string;
  /** Fields of the SMS API, such as `tags`. Default: none. */
  readonly extra?: BirdFields;
}

/**
 * Fields of the SMS API of Bird: https://bird.com/docs/api/reference/create-sms-message
 *
 * @publicApi
 */
export interface BirdFields extends ProviderFields {
  /** Why the message is sent. Where senders are registered, carriers compare it with the registration. */
  readonly category?: 'authentication' | 'transactional' | 'service' | 'marketing';
  /** Labels for filters and statistics, 20 at most. */
  readonly tags?: readonly { readonly name: string; readonly value: string }[];
  /** What webhooks repeat, beside `sendId`; 2 KB at most. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How Bird processes the message. */
  readonly options?: { readonly smart_encoding?: boolean };
}

/**
 * Names and types of errors, as `@messagebird/sdk` 0.63 and https://bird.com/docs/api/reference/create-sms-message
 * document them, read in November 2026, and https://bird.com/docs/guides/errors, in a copy of September 2026.
 */
export const BIRD_KINDS: KindsByCode = {
  IdempotencyUnavailable: 'unavailable', // refused before anything was done
  SMSInvalidRecipient: 'unreachable', // Bird has no route to the number
  SMSNoEligibleSender: 'misconfigured', // no sender
  SMSSenderNotConfigured: 'misconfigured', // sender of somebody else
  SMSUnsupportedFeature: 'misconfigured', // field that is not available yet
  SenderCategoryNotPermitted: 'unreachable', // sender not registered in the country for this category
  auth_error: 'misconfigured', // unknown or revoked key
  bad_request_error: 'unreachable',
  billing_error: 'misconfigured', // not enough balance
  conflict_error: 'unknown', // the idempotency key was used before, so the message may have been sent
  internal_error: 'unknown',
  misdirected_error: 'misconfigured', // key of another region
  not_found_error: 'misconfigured',
  not_implemented_error: 'unreachable',
  payload_too_large_error: 'rejected', // text too long
  permission_error: 'misconfigured', // key without the permission
  precondition_error: 'unreachable',
  rate_limit_error: 'throttled',
  service_unavailable_error: 'unavailable',
  validation_error: 'unreachable', // also: country not enabled, sender not permitted there
};

/** Codes of a message that failed at once, in `last_error`: `@messagebird/sdk` 0.63 and the same reference. */
export const BIRD_STATUS_KINDS: KindsByCode = {
  blocked_by_carrier: 'unreachable',
  blocked_by_recipient: 'unreachable', // the device blocked this sender
  content_rejected: 'unreachable', // by the carrier
  insufficient_balance: 'misconfigured',
  invalid_destination: 'rejected', // not assigned, or malformed
  landline_unreachable: 'unreachable',
  provider_unavailable: 'unavailable',
  recipient_opted_out: 'rejected',
  sender_unregistered: 'unreachable', // in this country
  unknown: 'unreachable',
  unreachable: 'unreachable',
};

/** The kinds of an invalid field. A sender is invalid with every number, a number and a text with every provider. */
const KINDS_BY_FIELD: Readonly<Record<string, KindsByCode>> = {
  from: { ...BIRD_KINDS, validation_error: 'misconfigured' },
  to: { ...BIRD_KINDS, validation_error: 'rejected' },
  text: { ...BIRD_KINDS, validation_error: 'rejected' },
};

/** Statuses of a message that Bird took. */
const TAKEN = new Set<string | undefined>(['accepted', 'scheduled', 'sent', 'delivered']);

/** `bk_`, the region, `_` and the key itself: https://bird.com/docs/api/authentication */
const API_KEY = /^bk_([a-z]{2}\d+)_./;

/**
 * Sends through the SMS API of Bird (`/v1/sms/messages`), the successor of MessageBird's classic API. Not with its SDK,
 * which is in version 0 and repeats requests. Bird has no validity period yet: a late message may carry an expired code.
 *
 * @publicApi
 */
@Injectable()
export class BirdBackend extends ProviderBackend<BirdBackendOptions> {
  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: BirdBackendOptions) {
    super(options);
    checkProviderOptions(options, ['apiKey', 'from'], (reader) => {
      const apiKey = reader.requiredText('apiKey');
      if (apiKey !== '' && !API_KEY.test(apiKey)) {
        reader.fault(
          'apiKey',
          'must be a key of Bird with its region, bk_us1_…; an access key of MessageBird’s classic API belongs to ' +
            'MessageBirdBackend of nestjs-phone-verify/messagebird',
        );
      }
      reader.requiredText('from');
    });
  }

  protected override async deliver({ to, text, sendId, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { apiKey, from, extra, baseUrl = baseUrlOf(apiKey) } = this.options;
    const message = {
      to,
      from,
      text,
      category: 'authentication',
      ...(sendId !== undefined && { metadata: { sendId } }),
    };
    const response = await exchange({
      method: 'POST',
      url: `${baseUrl.replace(/\/$/, '')}/v1/sms/messages`,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        Accept: 'application/json',
        'Content-Type': 'application/json',
        // Bird requires both: https://bird.com/en-us/migrate/from-messagebird-classic
        'User-Agent': 'nestjs-phone-verify',
        'Idempotency-Key': sendId ?? randomUUID(),
      },
      body: JSON.stringify(withExtra(message, extra)),
    });
    return receiptOf(response);
  }
}

function baseUrlOf(apiKey: string): string {
  return `https://${API_KEY.exec(apiKey)?.[1] ?? 'us1'}.platform.bird.com`;
}

function receiptOf(response: ProviderResponse): SendReceipt {
  const message = jsonOf(response);
  const messageId = message.at('id').text;
  if (!isSuccess(response.status) || messageId === undefined) throw refusalOf(response);
  if (!TAKEN.has(message.at('status').text)) throw failureOf(message, response);
  const segments = message.at('segments', 'count').count ?? 0;
  return { backend: 'BirdBackend', messageId, ...(segments > 0 && { segments }) };
}

/** The error of a message that has an id and failed at once. */
function failureOf(message: Json, response: ProviderResponse): SmsDeliveryError {
  return refusal(response, BIRD_STATUS_KINDS, {
    code: message.at('last_error', 'code').text ?? message.at('status').text,
    text: message.at('last_error', 'description').text,
    otherwise: 'unreachable',
  });
}

/** The error of a refused request. Its name says more than its type, which is one for each HTTP status. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const error = jsonOf(response).at('error');
  const name = error.at('name').text ?? '';
  return refusal(response, KINDS_BY_FIELD[fieldOf(error)] ?? BIRD_KINDS, {
    code: Object.hasOwn(BIRD_KINDS, name) ? name : error.at('type').text,
    text: error.at('message').text,
  });
}

/** The field at fault. Of several, a setting comes first, because it is at fault in every message. */
function fieldOf(error: Json): string {
  const fields = new Set([error, ...error.at('details').items].map((each) => each.at('param').text));
  return ['from', 'to', 'text'].find((field) => fields.has(field)) ?? '';
}
