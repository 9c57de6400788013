import { describe, expect, it } from 'vitest';
import {
  ArgumentInvalidError,
  BackendHookError,
  PhoneNumberInvalidError,
  PhoneNumberNotAllowedError,
  PhoneVerifyConfigurationError,
  PhoneVerifyError,
  RandomSourceError,
  ResendRefusedError,
  SmsDeliveryError,
  StorageUnavailableError,
  VerificationStatus,
} from '../../lib/index.js';

describe('every error', () => {
  const cause = new Error('why');

  it.each([
    [new PhoneVerifyConfigurationError('x: is wrong', { cause }), 'configuration_invalid'],
    [new PhoneNumberInvalidError(), 'phone_number_invalid'],
    [new PhoneNumberNotAllowedError(), 'phone_number_not_allowed'],
    [new ArgumentInvalidError('maxAge', 'is wrong'), 'argument_invalid'],
    [new ResendRefusedError(VerificationStatus.Expired), 'resend_refused'],
    [new StorageUnavailableError({ cause }), 'storage_unavailable'],
    [new BackendHookError('generateMessage', 'it threw', { cause }), 'backend_hook_failed'],
    [new RandomSourceError({ cause }), 'random_source_failed'],
    [new SmsDeliveryError('rejected', 'no', { cause }), 'sms_delivery_failed'],
  ])('%o has a stable code and its own name', (error, code) => {
    expect(error).toBeInstanceOf(PhoneVerifyError);
    expect(error.code).toBe(code);
    expect(error.name).toBe(error.constructor.name);
    expect(String(error)).toContain(error.constructor.name);
  });
});

describe('SmsDeliveryError', () => {
  it.each([
    [1e9, 3600],
    [-5, 1],
    [0, 1],
    [0.5, 1],
    [59.2, 60],
    [Number.POSITIVE_INFINITY, 3600],
    [Number.NaN, undefined],
    [undefined, undefined],
  ])('clamps %s seconds to 1 to 3600: %s', (given, seconds) => {
    expect(new SmsDeliveryError('throttled', 'later', { retryAfterSeconds: given }).retryAfterSeconds).toBe(seconds);
  });
});
