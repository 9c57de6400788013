import { describe, expect, it } from 'vitest';
import { type ResolvedPhoneVerifyOptions, VerificationStatus } from '../../lib/index.js';
import { refusalOfResend, resultOfCheck } from '../../lib/verification/session-rules.js';
import type { Session } from '../../lib/verification/verification.store.js';

const { Expired, Invalid, SessionTokenInvalid, TooManyAttempts, Valid, Verified } = VerificationStatus;

const NOW = 1_000_000;

function options(expiration = 600): ResolvedPhoneVerifyOptions {
  return { maxFailedAttempts: 5, expiration } as ResolvedPhoneVerifyOptions;
}

function session(values: Partial<Session> = {}): Session {
  return {
    id: 'id',
    sealedCode: '',
    failedAttempts: 0,
    expiresAt: NOW + 600_000,
    isVerified: false,
    sendCount: 1,
    backend: null,
    ...values,
  };
}

const LOCKED_EXPIRED_VERIFIED = { failedAttempts: 5, expiresAt: NOW, isVerified: true };

describe('a refused check', () => {
  it.each([
    ['returns SessionTokenInvalid for an unknown session', null, SessionTokenInvalid],
    ['returns TooManyAttempts first', session(LOCKED_EXPIRED_VERIFIED), TooManyAttempts],
    ['returns Expired before Verified', session({ ...LOCKED_EXPIRED_VERIFIED, failedAttempts: 4 }), Expired],
    ['returns Verified last', session({ isVerified: true }), Verified],
  ])('%s', (_name, found, status) => {
    const outcome = { kind: 'refused', session: found } as const;

    expect(resultOfCheck(outcome, 'verification token', NOW, options())).toEqual({ status });
  });
});

it('the result of a comparison is that of the statement', () => {
  expect(resultOfCheck({ kind: 'wrong', failedAttempts: 5 }, 'verification token', NOW, options())).toEqual({
    status: Invalid,
    attemptsLeft: 0,
  });
  expect(
    resultOfCheck({ kind: 'correct', isTokenIssued: true, isFirst: true }, 'verification token', NOW, options()),
  ).toEqual({
    status: Valid,
    verificationToken: 'verification token',
  });
});

describe('a resend', () => {
  it.each([
    ['is refused with SessionTokenInvalid for an unknown session', null, SessionTokenInvalid],
    ['is refused with TooManyAttempts first', session(LOCKED_EXPIRED_VERIFIED), TooManyAttempts],
    ['is refused with Verified before Expired', session({ ...LOCKED_EXPIRED_VERIFIED, failedAttempts: 4 }), Verified],
    ['is refused in the last minute', session({ expiresAt: NOW + 59_999 }), Expired],
    ['is allowed with a minute left', session({ expiresAt: NOW + 60_000 }), undefined],
  ])('%s', (_name, found, status) => {
    expect(refusalOfResend(found, NOW, options())).toBe(status);
  });

  it.each([
    [60, 14_999, Expired],
    [60, 15_000, undefined],
    [240, 59_999, Expired],
    [239, 59_750, undefined],
  ])('is refused in the last quarter of %s seconds: with %s ms left, %s', (expiration, left, status) => {
    expect(refusalOfResend(session({ expiresAt: NOW + left }), NOW, options(expiration))).toBe(status);
  });
});
