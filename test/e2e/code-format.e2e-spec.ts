import { afterEach, describe, expect, it } from 'vitest';
import { SandboxBackend, SmsDeliveryError } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, register, resend } from '../support/requests.js';

let test: TestApplication;

afterEach(() => test.close());

class DownBackend extends SandboxBackend {
  override async sendSms(): Promise<never> {
    throw new SmsDeliveryError('unavailable', 'down');
  }
}

describe.each(ADAPTERS)('code_format and phone_number, on %s', (adapter) => {
  it.each([
    ['0123', 'numeric'],
    ['12345678', 'numeric'],
    ['ABC123', 'text'],
    ['123-456', 'text'],
    ['1e55', 'text'],
  ])('of the code %s is %s, in the responses to register and resend', async (sandboxToken, code_format) => {
    test = await startApplication({
      adapter,
      phoneVerify: { backend: SandboxBackend, options: { sandboxToken } },
    });

    const registered = await register(test.app, '+1 (415) 555-2671').expect(200);
    const resent = await resend(test.app, NUMBER, registered.body.session_token).expect(200);

    const described = { phone_number: NUMBER, code_length: sandboxToken.length, code_format };
    expect(registered.body).toMatchObject(described);
    expect(resent.body).toMatchObject(described);
  });

  it('are in the response to a register whose message was not sent', async () => {
    const phoneVerify = { backend: DownBackend, options: { sandboxToken: 'ABC123' } };
    test = await startApplication({ adapter, phoneVerify });

    const { body } = await register(test.app, '+1 (415) 555-2671').expect(502);

    expect(body).toMatchObject({ phone_number: NUMBER, code_length: 6, code_format: 'text' });
  });
});

describe('what the service returns', () => {
  const FIELDS = ['codeLength', 'expiresAt', 'phoneNumber', 'resendAt', 'sessionToken'];

  it('has no field beside those of SentVerification', async () => {
    test = await startApplication();

    const sent = await test.service.sendSecurityCode(NUMBER);
    const resent = await test.service.resendSecurityCode(NUMBER, sent.sessionToken);

    expect(Object.keys(sent).toSorted()).toEqual(FIELDS);
    expect(Object.keys(resent).toSorted()).toEqual(FIELDS);
  });

  it('has no field beside those of SentVerification in the error of a failed delivery', async () => {
    test = await startApplication({ phoneVerify: { backend: DownBackend } });

    const error: unknown = await test.service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    expect(Object.keys((error instanceof SmsDeliveryError && error.sent) || {}).toSorted()).toEqual(FIELDS);
    expect(JSON.stringify(error)).not.toContain('codeFormat');
  });
});
