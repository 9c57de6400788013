import { describe, expect, it } from 'vitest';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

async function openCodeStep(): Promise<void> {
  await test.open();
  await test.element.send('4155552671');
}

describe('the field for the code', () => {
  it('can be filled in by a phone, and is as long as the code', async () => {
    await test.element.change('register', { code_length: 8 });
    await openCodeStep();

    const attributes = ['autocomplete', 'inputmode', 'maxlength', 'type'];
    const found = attributes.map((name) => test.element.code.getAttribute(name));
    expect(await Promise.all(found)).toEqual(['one-time-code', 'numeric', '8', null]);
  });

  it('accepts a code that is pasted or typed with spaces', async () => {
    await openCodeStep();
    await test.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await test.page.evaluate(() => navigator.clipboard.writeText(' 123 456 '));

    await test.element.code.focus();
    await test.page.keyboard.press('ControlOrMeta+V');
    expect(await test.element.code.inputValue()).toBe('123456');

    await test.element.code.fill('');
    await test.element.code.pressSequentially('123 456');
    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it.each(['١٢٣٤٥٦', '۱۲۳۴۵۶', '１２３４５６', '১২৩৪৫৬', '१२३४५६', '๑๒๓๔๕๖'])(
    'accepts the digits of every script: %s',
    async (code) => {
      await openCodeStep();

      await test.element.verify(code);

      await expectVisible(test.element.heading('Phone number verified'));
    },
  );

  it('accepts typed digits that JavaScript counts as two characters each', async () => {
    await openCodeStep();

    await test.element.code.focus();
    for (const digit of '𑄷𑄸𑄹𑄺𑄻𑄼𑄽') await test.page.keyboard.insertText(digit);
    await test.element.code.press('Home');
    await test.element.code.press('Delete');
    await test.page.keyboard.insertText('𑄷');

    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it('uses no attempt while it is incomplete', async () => {
    await openCodeStep();

    await test.element.verify('1234');

    await expectAlert(test.element, 'Enter the whole code.');
    expect(await test.element.focused()).toBe('security_code');
    expect(test.element.requests).toEqual(['register']);
  });

  it('is filled in from the message and submitted, if the browser can read it', async () => {
    await test.page.addInitScript(`
      globalThis.OTPCredential = class {};
      navigator.credentials.get = (options) => new Promise((resolve, reject) => {
        globalThis.asked = options.otp;
        options.signal.addEventListener('abort', () => (globalThis.isAborted = true));
        globalThis.receive = (code) => resolve({ code });
      });
    `);
    await openCodeStep();

    await test.page.evaluate(`receive('${CORRECT_CODE}')`);
    await expectVisible(test.element.heading('Phone number verified'));

    expect(await test.page.evaluate('asked')).toEqual({ transport: ['sms'] });
    expect(await test.page.evaluate('isAborted')).toBe(true);
  });

  it('can be typed if the browser refuses to read the message', async () => {
    await test.page.addInitScript(`
      globalThis.OTPCredential = class {};
      navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    `);
    await openCodeStep();

    await test.element.verify(CORRECT_CODE);

    await expectVisible(test.element.heading('Phone number verified'));
  });
});

describe('a wrong code', () => {
  it('is reported with the attempts that are left, and can be corrected', async () => {
    const { element } = test;
    await openCodeStep();

    await element.verify(WRONG_CODE);
    await expectAlert(element, 'That code is not right. 4 tries left.');
    expect(await element.code.getAttribute('aria-invalid')).toBe('true');
    expect(await element.focused()).toBe('security_code');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect((await element.events()).map(({ type, code }) => code ?? type)).toEqual([
      'sent',
      'security_code_invalid',
      'verified',
    ]);
  });

  it('locks the session after the last attempt, and a new code can be requested', async () => {
    const { element } = test;
    await openCodeStep();
    for (const left of ['4 tries', '3 tries', '2 tries', 'One try']) {
      await element.verify(WRONG_CODE);
      await expectAlert(element, `${left} left.`);
    }
    await element.verify(WRONG_CODE);
    await expectAlert(element, 'Too many wrong codes. Request a new one.');

    expect(await element.code.isVisible()).toBe(false);
    expect(await element.focused()).toBe('Request a new code');
    await test.pass(60);
    await element.button('Request a new code').click();
    await expectVisible(element.code);
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
    expect(element.requests.filter((path) => path === 'register')).toHaveLength(2);
  });

  it('is reported as locked if another page used up the attempts', async () => {
    await openCodeStep();
    await test.element.fail('verify', 400, 'security_code_too_many_attempts');

    await test.element.verify(WRONG_CODE);

    await expectAlert(test.element, 'Too many wrong codes. Request a new one.');
    await expectVisible(test.element.button('Request a new code'));
  });
});

describe('an expired code', () => {
  it('is reported without a request once it has expired', async () => {
    const { element } = test;
    await openCodeStep();
    await test.pass(599);
    expect(await element.alert.textContent()).toBe('');

    await test.pass(2);
    await expectAlert(element, 'This code has expired. Request a new one.');
    expect(element.requests).toEqual(['register']);
    await element.button('Request a new code').click();
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it.each(['security_code_expired', 'security_code_verified'])(
    'is reported if the server responds with %s',
    async (code) => {
      await openCodeStep();
      await test.element.fail('verify', 400, code);

      await test.element.verify(WRONG_CODE);

      await expectAlert(test.element, 'Request a new one.');
      await test.pass(60);
      await test.element.button('Request a new code').click();
      await expectVisible(test.element.code);
      expect((await test.element.events()).at(-1)).toEqual({ type: 'sent', phoneNumber: NUMBER });
    },
  );
});
