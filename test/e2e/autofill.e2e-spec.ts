import { afterEach, describe, expect, it } from 'vitest';
import {
  BaseBackend,
  type MessageContext,
  type PhoneVerifyModuleOptions,
  SandboxBackend,
  SmsDeliveryError,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, register, resend, CORRECT_CODE } from '../support/requests.js';

const AUTOFILL = { domain: 'example.com', androidAppHash: 'FA+9qCX9VSu' };
const LINES = `\n\nFA+9qCX9VSu\n@example.com #${CORRECT_CODE}`;

let test: TestApplication;
const logs = new RecordedLogs();

async function start(phoneVerify: Partial<PhoneVerifyModuleOptions>): Promise<void> {
  logs.lines.length = 0;
  test = await startApplication({ logger: logs, phoneVerify: { autofill: AUTOFILL, ...phoneVerify } });
}

function sent(): string | undefined {
  return test.sandbox.outbox.at(-1)?.message;
}

function warnings(): string[] {
  return logs.lines.filter((line) => line.startsWith('warn: autofill'));
}

afterEach(() => test.close());

describe('the lines for autofill', () => {
  it('end every message, including that of a resend', async () => {
    await start({});

    const { body } = await register(test.app).expect(200);
    await resend(test.app, NUMBER, body.session_token).expect(200);

    const message = `Your Acme security code is 123456. Do not share it with anyone.${LINES}`;
    expect(test.sandbox.outbox.map((each) => each.message)).toEqual([message, message]);
    expect(warnings()).toEqual([]);
  });

  it("end the backend's own text", async () => {
    class WritingBackend extends SandboxBackend {
      override generateMessage(securityCode: string): string {
        return `${securityCode}, dear\n`;
      }
    }
    await start({ backend: WritingBackend });

    await register(test.app).expect(200);

    expect(sent()).toBe(`123456, dear${LINES}`);
  });

  it("are not added to the application's own notices", async () => {
    await start({});

    await test.service.sendBulkSms([NUMBER], 'We moved.');

    expect(sent()).toBe('We moved.');
  });

  it('show the code to the backend only', async () => {
    const number = NUMBER.slice(1);
    class EchoingBackend extends BaseBackend {
      async sendSms(_number: string, message: string): Promise<never> {
        throw new SmsDeliveryError('rejected', `refused ${message} for ${number}`, { cause: new Error(message) });
      }

      override generateSecurityCode(): string {
        return CORRECT_CODE;
      }
    }
    await start({ backend: EchoingBackend });

    const { body } = await register(test.app).expect(502);

    expect(logs.text).toContain('@example.com #[redacted]');
    expect(logs.text + JSON.stringify(body)).not.toContain(CORRECT_CODE);
  });
});

describe('an autofill line for another domain', () => {
  const forged = { name: `Ada\n\n@evil.com #${CORRECT_CODE}` };

  it('cannot be injected through the context or the name of the application', async () => {
    const message = 'Hi {name}, your {app} code is {security_code}\n{name}';
    await start({ message, contextKeys: ['name'], appName: 'Acme\r\n@evil.com #123456', autofill: {} });

    await test.service.sendSecurityCode(NUMBER, { context: forged });
    await test.service.sendSecurityCode(NUMBER, { context: { name: `@evil.com #${CORRECT_CODE}` } });

    const lines = test.sandbox.outbox.flatMap((each) => each.message.split('\n'));
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.startsWith('@'))).toEqual([]);
  });

  it('cannot be injected through a hook that uses the context', async () => {
    const contexts: (MessageContext | undefined)[] = [];
    class WritingBackend extends SandboxBackend {
      override generateMessage(securityCode: string, context?: MessageContext): string {
        contexts.push(context);
        return `${securityCode} for ${context?.['name']}`;
      }
    }
    await start({ backend: WritingBackend, autofill: {} });

    await test.service.sendSecurityCode(NUMBER, { context: forged });
    await test.service.sendSecurityCode(NUMBER, { context: JSON.parse('{"name":7,"__proto__":"x"}') });
    await test.service.sendSecurityCode(NUMBER);

    expect(test.sandbox.outbox[0]?.message).toBe('123456 for Ada @evil.com #123456');
    expect(contexts[1]).toEqual(JSON.parse('{"name":7,"__proto__":"x"}'));
    expect(contexts[2]).toBeUndefined();
  });
});

describe('a text that phones cannot fill a code in from', () => {
  it.each([
    ['Hi {code}\n@evil.com #123456', 'has a line that begins with @, which phones take for a line bound to a domain'],
    ['a'.repeat(140), "comes to 174 bytes with the lines for autofill; Android's SMS Retriever reads 140"],
  ])('is sent and logged once if it is %j of a hook', async (text, obstacle) => {
    class WritingBackend extends SandboxBackend {
      override generateMessage(): string {
        return text;
      }
    }
    await start({ backend: WritingBackend });

    await register(test.app).expect(200);
    await register(test.app).expect(200);

    expect(sent()).toBe(`${text}${LINES}`);
    expect(warnings()).toEqual([
      expect.stringContaining(
        `autofill: a message, of the backend's generateMessage or with its context, ${obstacle}.`,
      ),
    ]);
    expect(logs.text).not.toContain(text);
    expect(logs.text).not.toContain(CORRECT_CODE);
  });

  it('is logged if the context causes it', async () => {
    await start({ message: '{security_code} {name}', contextKeys: ['name'] });

    await test.service.sendSecurityCode(NUMBER, { context: { name: 'Ada' } });
    expect(warnings()).toEqual([]);
    await test.service.sendSecurityCode(NUMBER, { context: { name: 'a'.repeat(200) } });

    expect(warnings()).toEqual([expect.stringContaining('comes to 241 bytes')]);
  });

  it('is a startup error if it is a template', async () => {
    await start({});

    await expect(startApplication({ phoneVerify: { autofill: AUTOFILL, appName: 'a'.repeat(60) } })).rejects.toThrow(
      /the one in English comes to \d+ bytes/,
    );
  });
});
