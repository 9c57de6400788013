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

const ALL_AT_ONCE = { failedAttempts: 5, expiresAt: NOW, isVerified: true };

describe('a check that compared nothing is explained', () => {
  it.each([
    ['by an unknown session', null, SessionTokenInvalid],
    ['by the lock before anything else', session(ALL_AT_ONCE), TooManyAttempts],
    ['by the end before the first use', session({ ...ALL_AT_ONCE, failedAttempts: 4 }), Expired],
    ['by the first use', session({ isVerified: true }), Verified],
  ])('%s', (_name, found, status) => {
    const outcome = { kind: 'refused', session: found } as const;

    expect(resultOfCheck(outcome, 'verification token', NOW, options())).toEqual({ status });
  });
});

it('a comparison is told by its statement', () => {
  expect(resultOfCheck({ kind: 'wrong', failedAttempts: 5 }, 'verification token', NOW, options())).toEqual({
    status: Invalid,
    attemptsLeft: 0,
  });
  expect(
    resultOfCheck({ kind: 'right', isTokenIssued: true, isFirst: true }, 'verification token', NOW, options()),
  ).toEqual({
    status: Valid,
    verificationToken: 'verification token',
  });
});

describe('a resend is refused', () => {
  it.each([
    ['by an unknown session', null, SessionTokenInvalid],
    ['by the lock before anything else', session(ALL_AT_ONCE), TooManyAttempts],
    ['by a verification before the end', session({ ...ALL_AT_ONCE, failedAttempts: 4 }), Verified],
    ['in the last minute', session({ expiresAt: NOW + 59_999 }), Expired],
    ['not with a minute left', session({ expiresAt: NOW + 60_000 }), undefined],
  ])('%s', (_name, found, status) => {
    expect(refusalOfResend(found, NOW, options())).toBe(status);
  });

  it.each([
    [60, 14_999, Expired],
    [60, 15_000, undefined],
    [240, 59_999, Expired],
    [239, 59_750, undefined],
  ])('in the last quarter of %s seconds: %s ms left, %s', (expiration, left, status) => {
    expect(refusalOfResend(session({ expiresAt: NOW + left }), NOW, options(expiration))).toBe(status);
  });
});
