import type { SentVerification } from '../../common/sent-verification.js';

/** Nobody's number, code and tokens. */
export const EXAMPLE_NUMBER = '+14155552671';
export const EXAMPLE_CODE = '123456';
export const EXAMPLE_VERIFICATION_TOKEN = 'l3kcT2W0o2uNf3o1h0yJb8cK1m5ZrVq7eXgYd9PaSiw';

export const EXAMPLE_TIME = Date.UTC(2026, 0, 1);

export const EXAMPLE_SESSION: SentVerification = {
  sessionToken: 'Yx0Jm5vEo6cI9b2hK7fQn4rT1wZpLsUaXgDyB3eVjNk',
  phoneNumber: EXAMPLE_NUMBER,
  expiresAt: new Date(EXAMPLE_TIME + 600_000),
  resendAt: new Date(EXAMPLE_TIME + 30_000),
  codeLength: 6,
};
