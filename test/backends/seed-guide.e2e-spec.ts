import { Injectable } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BaseBackend,
  type MessageContext,
  PHONE_VERIFY_BACKEND,
  SMSVerification,
  type VerificationResult,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, openSession, OTHER_NUMBER, post, verify } from '../support/requests.js';

/** Stands for the client of the `nexmo` package: keeps what it is asked to send. */
class NexmoClient {
  readonly sent: { from: string; to: string; text: string }[] = [];

  constructor(readonly credentials: { key: string; secret: string }) {}

  async sendMessage(message: { from: string; to: string; text: string }): Promise<void> {
    this.sent.push(message);
  }
}

interface NexmoOptions {
  readonly key: string;
  readonly secret: string;
  readonly from: string;
  readonly sandboxToken: string;
}

/** The guide's backend, line by line. */
@Injectable()
class NexmoBackend extends BaseBackend<NexmoOptions> {
  private readonly from: string;
  readonly client: NexmoClient;

  constructor(options: NexmoOptions) {
    super(options);
    this.from = options.from;
    this.client = new NexmoClient({ key: options.key, secret: options.secret });
  }

  async sendSms(number: string, message: string): Promise<void> {
    await this.client.sendMessage({ from: this.from, to: number, text: message });
  }

  override generateMessage(securityCode: string, context?: MessageContext): string {
    const username = context?.['username'] ?? 'User';
    return `Hi ${username}, your OTP is ${securityCode}.`;
  }

  override async sendBulkSms(numbers: readonly string[], message: string): Promise<void> {
    for (const number of numbers) await this.sendSms(number, message);
  }
}

/** The guide's sandbox, line by line. */
@Injectable()
class NexmoSandboxBackend extends BaseBackend<NexmoOptions> {
  private readonly from: string;
  private readonly token: string;
  readonly client: NexmoClient;

  constructor(options: NexmoOptions) {
    super(options);
    this.from = options.from;
    this.token = options.sandboxToken;
    this.client = new NexmoClient({ key: options.key, secret: options.secret });
  }

  async sendSms(number: string, message: string): Promise<void> {
    await this.client.sendMessage({ from: this.from, to: number, text: message });
  }

  override generateMessage(securityCode: string): string {
    return `[SANDBOX] Your code is ${securityCode}`;
  }

  override async sendBulkSms(numbers: readonly string[], message: string): Promise<void> {
    for (const number of numbers) await this.sendSms(number, message);
  }

  override generateSecurityCode(): string {
    return this.token;
  }

  override validateSecurityCode(): VerificationResult {
    return { status: NexmoSandboxBackend.SECURITY_CODE_VALID, verification: null };
  }
}

const SETTINGS = {
  options: { key: 'Fake Key', secret: 'Fake Secret', from: '+1234567890', sandboxToken: '123456' },
  tokenLength: 6,
  message: 'Welcome to {app}! Please use security code {security_code} to proceed.',
  appName: 'Phone Verify',
  expiration: 3600,
  verifyOnlyOnce: true,
};

describe("the original guide's NexmoBackend", () => {
  let test: TestApplication;
  let client: NexmoClient;

  beforeEach(async () => {
    test = await startApplication({ phoneVerify: { ...SETTINGS, backend: NexmoBackend } });
    ({ client } = test.app.get<NexmoBackend>(PHONE_VERIFY_BACKEND));
  });

  afterEach(() => test.close());

  it('is built with its options', () => {
    expect(client.credentials).toEqual({ key: 'Fake Key', secret: 'Fake Secret' });
  });

  it('writes the message without a context over HTTP, and its code is correct', async () => {
    const token = await openSession(test.app);

    expect(client.sent).toEqual([
      { from: '+1234567890', to: NUMBER, text: expect.stringMatching(/^Hi User, your OTP is \d{6}\.$/) },
    ]);
    const code = /\d{6}/.exec(client.sent[0]?.text ?? '')?.[0] ?? '';
    expect((await verify(test.app, NUMBER, token, code)).status).toBe(200);
  });

  it('writes the message with the context that a caller of the service gives, and again on a resend', async () => {
    const context = { username: 'Ada' };
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { context });
    await test.service.resendSecurityCode(NUMBER, sessionToken, { context });

    expect(client.sent[0]?.text).toMatch(/^Hi Ada, your OTP is \d{6}\.$/);
    expect(client.sent[1]?.text).toBe(client.sent[0]?.text);
  });

  it('sends to many numbers in its own way', async () => {
    const result = await test.service.sendBulkSms(['+1 415 555 2671', OTHER_NUMBER], 'We moved.');

    expect(result).toEqual([
      { number: NUMBER, receipt: { backend: 'NexmoBackend' } },
      { number: OTHER_NUMBER, receipt: { backend: 'NexmoBackend' } },
    ]);
    expect(client.sent.map(({ to, text }) => `${to} ${text}`)).toEqual([
      `${NUMBER} We moved.`,
      `${OTHER_NUMBER} We moved.`,
    ]);
  });
});

describe("the original guide's NexmoSandboxBackend", () => {
  let test: TestApplication;

  beforeEach(async () => {
    test = await startApplication({
      phoneVerify: { ...SETTINGS, backend: NexmoBackend },
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_BACKEND).useClass(NexmoSandboxBackend),
    });
  });

  afterEach(() => test.close());

  it('sends its constant code', async () => {
    await openSession(test.app);

    const { client } = test.app.get<NexmoSandboxBackend>(PHONE_VERIFY_BACKEND);
    expect(client.sent[0]?.text).toBe('[SANDBOX] Your code is 123456');
  });

  it('accepts any code for a registered number, and marks its session verified', async () => {
    const token = await openSession(test.app);

    const { body } = await verify(test.app, NUMBER, token, 'anything').expect(200);

    expect(body).toEqual({
      message: 'Security code is valid.',
      phone_number: NUMBER,
      verification_token: expect.any(String),
    });
    expect(await test.service.getVerifiedPhone(body.verification_token)).toMatchObject({ phoneNumber: NUMBER });
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    expect(session?.isVerified).toBe(true);
  });

  it('accepts any code for a number that was never registered, without a verification token', async () => {
    const body = { phone_number: NUMBER, session_token: 'unknown', security_code: '1' };

    const answer = await post(test.app, '/phone/verify', body).expect(200);

    expect(answer.body).toEqual({ message: 'Security code is valid.', phone_number: NUMBER });
  });
});

it('has the statuses of the original on the backend', () => {
  expect([
    BaseBackend.SECURITY_CODE_VALID,
    BaseBackend.SECURITY_CODE_INVALID,
    BaseBackend.SECURITY_CODE_EXPIRED,
    BaseBackend.SECURITY_CODE_VERIFIED,
    BaseBackend.SESSION_TOKEN_INVALID,
    BaseBackend.SECURITY_CODE_TOO_MANY_ATTEMPTS,
  ]).toEqual([
    'security_code_valid',
    'security_code_invalid',
    'security_code_expired',
    'security_code_verified',
    'session_token_invalid',
    'security_code_too_many_attempts',
  ]);
});
