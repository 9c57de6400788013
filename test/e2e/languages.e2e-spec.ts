import { afterEach, describe, expect, it } from 'vitest';
import { type PhoneVerifyModuleOptions, SandboxBackend } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, post, CORRECT_CODE } from '../support/requests.js';

class WritingBackend extends SandboxBackend {
  override generateMessage(securityCode: string): string {
    return `hook ${securityCode}`;
  }
}

const messages = { en: 'en {security_code}', 'pt-BR': 'pt-BR {security_code}', 'zh-Hant': 'zh-Hant {security_code}' };
const message = 'message {security_code}';

const GERMAN = `${CORRECT_CODE} ist Ihr Sicherheitscode für Acme. Geben Sie ihn nicht weiter.`;
const ENGLISH = `Your Acme security code is ${CORRECT_CODE}. Do not share it with anyone.`;

/** The language, the options, and the expected text. */
const CASES: [string | undefined, Partial<PhoneVerifyModuleOptions>, string][] = [
  ['pt-BR', { backend: WritingBackend, messages, message }, `hook ${CORRECT_CODE}`],
  ['pt-BR', { messages, message }, `pt-BR ${CORRECT_CODE}`],
  ['fr;q=0.5, pt-BR-x-any;q=0.4', { messages, message }, `pt-BR ${CORRECT_CODE}`],
  ['zh-Hant-TW', { messages, message }, `zh-Hant ${CORRECT_CODE}`],
  ['zh-TW', { messages, message }, `zh-Hant ${CORRECT_CODE}`],
  ['de', { messages, message }, `message ${CORRECT_CODE}`],
  ['*', { messages, message }, `message ${CORRECT_CODE}`],
  [undefined, { messages, message }, `message ${CORRECT_CODE}`],
  ['de', { message }, `message ${CORRECT_CODE}`],
  ['de', { messages }, GERMAN],
  ['en;q=NaN', { messages }, `en ${CORRECT_CODE}`],
  [undefined, { messages }, `en ${CORRECT_CODE}`],
  ['de-CH,de;q=0.9,en;q=0.8', {}, GERMAN],
  ['ar-EG', {}, `${CORRECT_CODE} هو رمزك في Acme. لا تشاركه.`],
  ['zh-HK', {}, `【Acme】您的驗證碼是 ${CORRECT_CODE}，請勿告知他人。`],
  ['en-GB', {}, ENGLISH],
  ['tlh', {}, ENGLISH],
  ['__proto__', {}, ENGLISH],
  [undefined, {}, ENGLISH],
  [
    'he',
    { autofill: { domain: 'example.com' } },
    `${CORRECT_CODE} הוא הקוד ל-Acme. אין לשתף אותו.\n\n@example.com #${CORRECT_CODE}`,
  ],
];

let test: TestApplication;

afterEach(() => test.close());

function sent(): string | undefined {
  return test.sandbox.outbox.at(-1)?.message;
}

describe.each(ADAPTERS)('the language of a message on %s', (adapter) => {
  it.each(CASES)('follows Accept-Language %s: with %o the text is %j', async (language, phoneVerify, text) => {
    test = await startApplication({ adapter, phoneVerify });
    const { body } = await withLanguage('/phone/register', {});
    expect(sent()).toBe(text);
    test.sandbox.clear();

    await withLanguage('/phone/resend', { session_token: body.session_token });
    expect(sent()).toBe(text);

    function withLanguage(path: string, fields: object): ReturnType<typeof post> {
      const request = post(test.app, path, { phone_number: NUMBER, ...fields });
      return (language === undefined ? request : request.set('accept-language', language)).expect(200);
    }
  });
});

it.each(CASES)('the service follows the language %s: with %o the text is %j', async (language, phoneVerify, text) => {
  test = await startApplication({ phoneVerify });

  const { sessionToken } = await test.service.sendSecurityCode(NUMBER, { language });
  expect(sent()).toBe(text);
  test.sandbox.clear();
  await test.service.resendSecurityCode(NUMBER, sessionToken, { language });

  expect(sent()).toBe(text);
});

it('a template of a language uses the context', async () => {
  test = await startApplication({
    phoneVerify: { messages: { de: 'Hallo {name}: {security_code}' }, contextKeys: ['name'] },
  });

  await test.service.sendSecurityCode(NUMBER, { language: 'de-AT', context: { name: 'Ada\n@evil.com #1' } });

  expect(sent()).toBe(`Hallo Ada @evil.com #1: ${CORRECT_CODE}`);
});
