import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendHookError, PHONE_VERIFY_OPTIONS, SandboxBackend, SmsDeliveryError } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, openSession, register, resend, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';

/** An error of a provider's client whose texts and properties repeat the whole request. */
class ProviderError extends Error {
  readonly code = 21_211;
  readonly config: object;

  constructor(number: string, message: string) {
    super(`could not send "${message}" to ${number} (${number.slice(1)}, +1 415-555-2671)`);
    this.config = { data: { number, message }, auth: 'Basic secret' };
  }
}

describe('the output of the library', () => {
  const logs = new RecordedLogs();
  let test: TestApplication;
  let failure: unknown;

  class RepeatingBackend extends SandboxBackend {
    override async sendSms(number: string, message: string) {
      if (failure === 'raw') throw new ProviderError(number, message);
      if (failure === 'wrapped') {
        const cause = new ProviderError(number, message);
        throw new SmsDeliveryError('rejected', cause.message, { cause, providerCode: `${number}/21211` });
      }
      return super.sendSms(number, message);
    }

    override generateMessage(securityCode: string): undefined {
      if (failure === 'generateMessage') throw new ProviderError('a number', `Your code is ${securityCode}.`);
    }

    override validateSecurityCode(securityCode: string, phoneNumber: string, sessionToken: string): undefined {
      if (failure === 'validateSecurityCode') throw new ProviderError(phoneNumber, `${securityCode} ${sessionToken}`);
    }
  }

  beforeEach(async () => {
    logs.lines.length = 0;
    failure = undefined;
    test = await startApplication({
      phoneVerify: { backend: RepeatingBackend, secret: 'a secret of thirty-two bytes or more' },
      logger: logs,
    });
  });

  afterEach(async () => {
    await test.close();
    Logger.overrideLogger(false);
  });

  function expectNothingSecretIn(text: string, tokens: readonly string[]): void {
    const digits = NUMBER.slice(1);
    for (const secret of [CORRECT_CODE, digits, '415-555-2671', 'Basic', ...tokens]) expect(text).not.toContain(secret);
  }

  it.each(['raw', 'wrapped'])('contains no secret that a provider repeats in a %s error', async (kind) => {
    const token = await openSession(test.app);
    failure = kind;
    const error: unknown = await test.service.resendSecurityCode(NUMBER, token).catch((thrown: unknown) => thrown);
    const { text, headers } = await resend(test.app, NUMBER, token);

    expect(error).toBeInstanceOf(SmsDeliveryError);
    const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
    expect(shown).toContain('[redacted]');
    for (const place of [shown, text, JSON.stringify(headers), logs.text]) expectNothingSecretIn(place, [token]);
    expect(logs.text).toContain('+141******71');
  });

  it.each(['generateMessage', 'validateSecurityCode'])(
    'contains no secret that %s repeats in an error',
    async (hook) => {
      const token = await openSession(test.app);
      failure = hook;
      const call = async (): Promise<unknown> =>
        hook === 'generateMessage'
          ? test.service.resendSecurityCode(NUMBER, token)
          : test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      const { text } =
        hook === 'generateMessage'
          ? await resend(test.app, NUMBER, token).expect(503)
          : await verify(test.app, NUMBER, token, CORRECT_CODE).expect(503);

      expect(error).toBeInstanceOf(BackendHookError);
      expect(logs.text).toContain('could not send "');
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      for (const place of [shown, text, logs.text]) {
        for (const secret of [CORRECT_CODE, token, NUMBER.slice(1)]) expect(place).not.toContain(secret);
      }
    },
  );

  it('has the session in the response to a failed register, but not in the printed error', async () => {
    failure = 'raw';
    const error: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    const { sent } = error as SmsDeliveryError;
    expect(sent?.sessionToken).toMatch(/^[\w-]{43}$/);
    expectNothingSecretIn(inspect(error, { depth: 10 }) + JSON.stringify(error), [sent?.sessionToken ?? '']);
    const { body } = await register(test.app).expect(502);
    expectNothingSecretIn(logs.text, [body.session_token]);
  });

  it('contains no secret in a log line of any level, whatever happens', async () => {
    const token = await openSession(test.app);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    const { body } = await verify(test.app, NUMBER, token, CORRECT_CODE);
    await verify(test.app, NUMBER, token, CORRECT_CODE);
    await resend(test.app, NUMBER, token);
    await register(test.app, '+1');
    await test.dataSource.query('DROP TABLE sms_verification');
    const last = await verify(test.app, NUMBER, token, CORRECT_CODE);

    expect(last.status).toBe(503);
    expect(logs.text).toContain('sms_verification');
    expectNothingSecretIn(logs.text, [token, body.verification_token]);
    expectNothingSecretIn(last.text, [token, body.verification_token]);
  });

  it('contains no credential if options and backends are printed', () => {
    const options: unknown = test.app.get(PHONE_VERIFY_OPTIONS);

    for (const thing of [test.sandbox, options]) {
      const shown = inspect(thing, { depth: 10 }) + JSON.stringify(thing);
      expect(shown).not.toContain('thirty-two bytes');
      expect(shown).not.toContain('options');
    }
  });
});
