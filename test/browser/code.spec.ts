import { describe, expect, it } from 'vitest';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

async function openCodeStep(attributes = ''): Promise<void> {
  await test.open(attributes);
  await test.element.send('4155552671');
}

/** Pastes a text into the field for the code. */
async function paste(text: string): Promise<void> {
  await test.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await test.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await test.element.code.focus();
  await test.page.keyboard.press('ControlOrMeta+V');
}

/** Replaces the value of the field as a keyboard's suggestion or a password manager does. */
async function fillByProgram(text: string): Promise<void> {
  await test.element.code.evaluate((input: HTMLInputElement, value) => {
    input.value = value;
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  }, text);
}

/** The texts of the slots, and which of them shows the caret. */
function slots(): Promise<string[]> {
  return test.page
    .locator('[part=slot]')
    .evaluateAll((found) => found.map((slot) => (slot.hasAttribute('data-caret') ? '|' : '') + slot.textContent));
}

describe('the field for the code', () => {
  it('can be filled in by a phone, and has a keyboard for digits', async () => {
    await test.element.change('register', { code_length: 8 });
    await openCodeStep();

    const attributes = ['autocomplete', 'inputmode', 'enterkeyhint', 'type'];
    const found = attributes.map((name) => test.element.code.getAttribute(name));
    expect(await Promise.all(found)).toEqual(['one-time-code', 'numeric', 'done', null]);
    expect(await test.page.locator('[part=slot]').count()).toBe(8);
  });

  it('is one input, drawn as a slot for each digit with a caret in the next', async () => {
    await openCodeStep();
    expect(await slots()).toEqual(['|', '', '', '', '', '']);

    await test.page.keyboard.type('123');
    expect(await slots()).toEqual(['1', '2', '3', '|', '', '']);
    await test.page.keyboard.press('ArrowLeft');
    await test.page.keyboard.press('Backspace');

    expect(await slots()).toEqual(['1', '|3', '', '', '', '']);
    const caret = test.page.locator('[data-caret]');
    const width = await caret.evaluate((slot) => getComputedStyle(slot, '::after').inlineSize);
    expect(width).not.toBe('auto');
  });

  it('shows a caret that can be seen in an empty slot', async () => {
    await openCodeStep();

    const caret = await test.page.locator('[data-caret]').evaluate((slot) => {
      const { inlineSize, backgroundColor } = getComputedStyle(slot, '::after');
      return { inlineSize, isOpaque: !backgroundColor.includes('rgba') };
    });

    expect(caret).toEqual({ inlineSize: '2px', isOpaque: true });
  });

  it('selects the digit in a slot that is clicked, so that typing replaces it', async () => {
    await openCodeStep('auto-submit="off"');
    await test.page.keyboard.type('123456');

    const { x, y, width, height } = (await test.page.locator('[part=slot]').nth(1).boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await test.page.mouse.click(x + width / 2, y + height / 2);
    await test.page.keyboard.type('9');

    expect(await test.element.code.inputValue()).toBe('193456');
  });

  it.each([' ', '-'])('loses no digit of a full code to "%s"', async (key) => {
    await openCodeStep('auto-submit="off"');
    await test.page.keyboard.type('123456');
    await test.page.keyboard.press('Home');

    await test.page.keyboard.type(key);

    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it('accepts only digits', async () => {
    await openCodeStep();

    await test.element.code.pressSequentially('a1-b2 c3');

    expect(await test.element.code.inputValue()).toBe('123');
  });

  it('ignores a digit more than the code has', async () => {
    await openCodeStep('auto-submit="off"');

    await test.element.code.pressSequentially('1234567');

    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it.each([
    ['a code with spaces', ' 123 456 '],
    ['a code with a dash', '123-456'],
    ['a whole message', 'YourApp: 123456 is your code. It expires in 10 minutes.\n@example.com #123456'],
    ['a message with a code in groups', 'Your code is 123-456, valid for 10 minutes'],
  ])('takes the code from %s that is pasted', async (_name, text) => {
    await openCodeStep('auto-submit="off"');

    await paste(text);

    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it.each([
    ['a message without a code', 'YourApp sends you a code'],
    ['two numbers that could be the code', '123456 or 654321'],
    ['a longer number', '+14155552671'],
  ])('takes nothing from %s that is pasted', async (_name, text) => {
    await openCodeStep();
    await test.page.keyboard.type('12');

    await paste(text);

    expect(await test.element.code.inputValue()).toBe('12');
    expect(test.element.requests).toEqual(['register']);
  });

  it.each(['123-456', 'Your code: 123456.', '１２３ ４５６'])(
    'takes the code that a program fills in: %s',
    async (text) => {
      await openCodeStep();

      await fillByProgram(text);

      await expectVisible(test.element.heading('Phone number verified'));
      expect(test.element.requests).toEqual(['register', 'verify']);
    },
  );

  it.each(['abcdef', 'YourA', '1234567'])('uses no attempt for a text that is no code: %s', async (text) => {
    await openCodeStep();

    await fillByProgram(text);
    await test.page.keyboard.press('Enter');

    await expectAlert(test.element, 'Enter the whole code.');
    expect(await test.element.code.inputValue()).toBe('');
    expect(test.element.requests).toEqual(['register']);
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
    await openCodeStep('auto-submit="off"');

    await test.element.code.focus();
    for (const digit of '𑄷𑄸𑄹𑄺𑄻𑄼𑄽') await test.page.keyboard.insertText(digit);
    await test.element.code.press('Home');
    await test.element.code.press('Delete');
    await test.page.keyboard.insertText('𑄷');

    expect(await test.element.code.inputValue()).toBe('123456');
  });

  it('uses no attempt while it is incomplete', async () => {
    await openCodeStep();

    await test.element.code.fill('1234');
    await test.page.keyboard.press('Enter');

    await expectAlert(test.element, 'Enter the whole code.');
    expect(await test.element.focused()).toBe('security_code');
    expect(await test.element.code.inputValue()).toBe('1234');
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

describe('a code that is not digits', () => {
  it('has a field for every character', async () => {
    const { element } = test;
    const sent = {
      session_token: 'x',
      expires_in: 600,
      resend_in: 30,
      code_length: 6,
      code_format: 'text',
      phone_number: NUMBER,
    };
    await element.respondWith('register', 200, sent);
    await openCodeStep();
    const checked = test.page.waitForRequest('**/phone/verify');

    await paste('Your code: K7-QP2');

    expect(await element.code.getAttribute('inputmode')).toBe('text');
    expect((await checked).postDataJSON()).toMatchObject({ security_code: 'K7-QP2' });
  });
});

describe('a complete code', () => {
  it('is submitted once', async () => {
    const { element } = test;
    await openCodeStep();
    const release = await element.hold('verify');

    await element.code.pressSequentially(WRONG_CODE);
    await test.page.keyboard.press('Enter');
    release();
    await expectAlert(element, '4 tries left.');
    await element.code.pressSequentially(WRONG_CODE);

    expect(element.requests).toEqual(['register', 'verify']);
    await test.page.keyboard.press('Enter');
    await expectAlert(element, '3 tries left.');
  });

  it('waits for the button if the page says so', async () => {
    await openCodeStep('auto-submit="off"');

    await test.element.code.pressSequentially(CORRECT_CODE);
    expect(test.element.requests).toEqual(['register']);
    await test.element.button('Verify').click();

    await expectVisible(test.element.heading('Phone number verified'));
  });

  it('is submitted once the resend is over if it was typed during one', async () => {
    const { element } = test;
    await element.change('register', { resend_in: 0 });
    await openCodeStep();
    await element.openNoMessage();
    await element.respondWith('resend', 429, { code: 'rate_limited', message: 'x', retry_after: 30 });
    const release = await element.hold('resend');
    await element.button('Send it again').click();

    await element.code.fill(CORRECT_CODE);
    release();

    await expectVisible(element.heading('Phone number verified'));
  });
});

describe('a wrong code', () => {
  it('is removed and reported with the attempts that are left, and can be corrected', async () => {
    const { element } = test;
    await openCodeStep();

    await element.verify(WRONG_CODE);
    await expectAlert(element, 'That code is not right. 4 tries left.');
    expect(await element.code.getAttribute('aria-invalid')).toBe('true');
    expect(await element.code.inputValue()).toBe('');
    expect(await element.focused()).toBe('security_code');
    await test.page.keyboard.type('1');
    expect(await element.alert.textContent()).toBe('');
    await test.page.keyboard.type(CORRECT_CODE.slice(1));
    await expectVisible(element.heading('Phone number verified'));

    expect((await element.events()).map(({ type, code }) => code ?? type)).toEqual([
      'sent',
      'security_code_invalid',
      'verified',
    ]);
  });

  it('locks the session after the last attempt, and a new code can be requested after the countdown', async () => {
    const { element } = test;
    await element.change('register', { resend_in: 30 });
    await openCodeStep();
    for (const [index, left] of ['4 tries', '3 tries', '2 tries', 'One try'].entries()) {
      await element.verify(`65432${index}`);
      await expectAlert(element, `${left} left.`);
    }
    await element.verify('654329');
    await expectVisible(element.heading('Too many wrong codes'));

    expect(await element.code.count()).toBe(0);
    const again = element.button('Request a new code');
    expect(await element.focused()).toContain('Request a new code');
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    expect(await again.innerText()).toContain('0:30');
    await test.pass(30);
    await element.announced('You can try again now.');
    expect(await again.getAttribute('aria-disabled')).toBe('false');
    await again.click();
    await expectVisible(element.code);
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
    expect(element.requests.filter((path) => path === 'register')).toHaveLength(2);
  });

  it('is reported as locked if another page used up the attempts', async () => {
    await openCodeStep();
    await test.element.fail('verify', 400, 'security_code_too_many_attempts');

    await test.element.verify(WRONG_CODE);

    await expectVisible(test.element.heading('Too many wrong codes'));
    await expectVisible(test.element.button('Request a new code'));
  });
});

describe('an expired code', () => {
  it('is announced a minute before, and reported without a request', async () => {
    const { element, page } = test;
    await openCodeStep();
    await expectVisible(page.getByText('The code expires in 10 minutes.'));
    await test.pass(539);
    expect(await element.status.textContent()).toBe('');

    await test.pass(1);
    await element.announced('The code expires in 1 minute.');
    await test.pass(61);
    await expectVisible(element.heading('The code has expired'));

    expect(await element.focused()).toBe('Request a new code');
    expect(element.requests).toEqual(['register']);
    await element.button('Request a new code').click();
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('does not take the focus from another part of the page', async () => {
    await openCodeStep();
    await test.page.evaluate(() => {
      const field = document.createElement('input');
      field.name = 'elsewhere';
      document.body.append(field);
      field.focus();
    });

    await test.pass(601);
    await expectVisible(test.element.heading('The code has expired'));

    expect(await test.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('elsewhere');
  });

  it.each([
    ['security_code_expired', 'The code has expired'],
    ['security_code_verified', 'The code was used already'],
  ])('is reported if the server responds with %s', async (code, heading) => {
    await openCodeStep();
    await test.element.fail('verify', 400, code);

    await test.element.verify(WRONG_CODE);

    await expectVisible(test.element.heading(heading));
    await test.pass(60);
    await test.element.button('Request a new code').click();
    await expectVisible(test.element.code);
    expect((await test.element.events()).at(-1)).toEqual({ type: 'sent', phoneNumber: NUMBER });
  });
});
