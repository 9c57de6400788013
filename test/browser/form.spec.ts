import { describe, expect, it } from 'vitest';
import type { SendToAuthorize } from '../../lib/index.js';
import { CORRECT_CODE, NUMBER, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

type Found = HTMLElementTagNameMap['phone-verify'];

/** Puts the element of the page into a form with a button. */
async function openForm(attributes: string): Promise<void> {
  await test.open(attributes);
  await test.element.number.waitFor();
  await test.page.evaluate(() => {
    document.body.innerHTML =
      '<form><fieldset><input name="username"></fieldset><button>Create account</button></form>';
  });
  await test.page.evaluate((given) => {
    const holder = document.createElement('div');
    holder.innerHTML = `<phone-verify ${given}></phone-verify>`;
    document.querySelector('fieldset')?.append(...holder.children);
    document.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      Reflect.set(globalThis, 'isSubmitted', true);
    });
  }, attributes);
}

/** The data that the form would submit. */
function formData(): Promise<[string, unknown][]> {
  return test.page.evaluate(() => {
    const form = document.querySelector('form');
    return form === null ? [] : [...new FormData(form)];
  });
}

/** Fills the light tree of the element. */
async function slot(html: string): Promise<void> {
  await test.page.locator('phone-verify').evaluate((found, content) => {
    found.innerHTML = content;
  }, html);
}

/** Whether a style sheet sees a state of the element. */
function isInState(state: string): Promise<boolean> {
  return test.page.locator('phone-verify').evaluate((found, name) => found.matches(`:state(${name})`), state);
}

describe('the element in a form', () => {
  it('has the verification token as its value once the number is verified', async () => {
    await openForm('name="verification_token"');
    expect(await formData()).toEqual([['username', '']]);

    await test.element.send('4155552671');
    await test.element.verify(CORRECT_CODE);
    await expectVisible(test.element.heading('Phone number verified'));

    const data = new Map(await formData());
    const token = String(data.get('verification_token'));
    await expect(test.served.service.getVerifiedPhone(token)).resolves.toMatchObject({ phoneNumber: NUMBER });
    expect(await test.page.locator('phone-verify').evaluate((found: Found) => found.value)).toBe(token);
  });

  it('stops the form until the number is verified if it is required', async () => {
    await openForm('required name="t"');

    await test.element.button('Create account').click();

    expect(await test.page.evaluate('globalThis.isSubmitted')).toBeUndefined();
    expect(await test.element.focused()).toBe('phone_number');
    const validity = await test.page.locator('phone-verify').evaluate((found: Found) => ({
      isMissing: found.validity.valueMissing,
      message: found.validationMessage,
      isValid: found.checkValidity(),
      willValidate: found.willValidate,
    }));
    expect(validity).toEqual({
      isMissing: true,
      message: 'Verify your phone number first.',
      isValid: false,
      willValidate: true,
    });
    await test.element.send('4155552671');
    await test.element.verify(CORRECT_CODE);
    await expectVisible(test.element.heading('Phone number verified'));
    await test.element.button('Create account').click();
    expect(await test.page.evaluate('globalThis.isSubmitted')).toBe(true);
  });

  it('is disabled with its fieldset', async () => {
    await openForm('required');

    await test.page
      .locator('fieldset')
      .first()
      .evaluate((found: HTMLFieldSetElement) => {
        found.disabled = true;
      });

    expect(await test.element.number.isDisabled()).toBe(true);
    expect(await test.element.country.isDisabled()).toBe(true);
    expect(
      await test.page
        .locator('form')
        .first()
        .evaluate((found: HTMLFormElement) => found.checkValidity()),
    ).toBe(true);
  });

  it('starts over when the form is reset', async () => {
    await openForm('name="t"');
    await test.element.send('4155552671');
    await test.element.verify(CORRECT_CODE);
    await expectVisible(test.element.heading('Phone number verified'));

    await test.page
      .locator('form')
      .first()
      .evaluate((found: HTMLFormElement) => found.reset());

    await expectVisible(test.element.number);
    expect(await test.element.number.inputValue()).toBe('');
    expect(await formData()).toEqual([['username', '']]);
  });

  it('does not submit the form of the page with Enter', async () => {
    await openForm('');

    await test.element.number.fill('4155552671');
    await test.element.number.press('Enter');

    await expectVisible(test.element.heading('Enter the code'));
    expect(await test.page.evaluate('globalThis.isSubmitted')).toBeUndefined();
  });
});

describe('the states of the element', () => {
  it('can be seen by style sheets', async () => {
    await test.open();
    const release = await test.element.hold('register');
    await test.element.number.fill('4155552671');
    expect(await isInState('busy')).toBe(false);

    await test.element.number.press('Enter');
    await test.element.announced('Sending…');
    expect(await isInState('busy')).toBe(true);
    release();
    await expectVisible(test.element.code);
    expect(await isInState('busy')).toBe(false);
    await test.element.fail('verify', 400, 'security_code_too_many_attempts');
    await test.element.verify(WRONG_CODE);
    await expectVisible(test.element.heading('Too many wrong codes'));

    expect(await isInState('locked')).toBe(true);
    expect(await isInState('expired')).toBe(false);
  });

  it('tell an expired session', async () => {
    await test.open();
    await test.element.send('4155552671');

    await test.pass(601);
    await expectVisible(test.element.heading('The code has expired'));

    expect(await isInState('expired')).toBe(true);
  });
});

describe('the slots', () => {
  it('replace the heading of the first step, and no other', async () => {
    await test.open();
    await slot('<h2 slot="heading">Join us</h2>');

    await expectVisible(test.element.heading('Join us'));
    expect(await test.element.heading('Verify your phone number').isVisible()).toBe(false);
    await test.element.send('4155552671');

    expect(await test.element.heading('Join us').isVisible()).toBe(false);
    await expectVisible(test.element.heading('Enter the code'));
  });

  it('show the consent before the first message, and the footer in every step', async () => {
    const { page, element } = test;
    await test.open();
    await slot('<p slot="consent">I agree.</p><p slot="footer">Help</p>');

    await expectVisible(page.getByText('I agree.'));
    await expectVisible(page.getByText('Help'));
    await element.send('4155552671');

    expect(await page.getByText('I agree.').isVisible()).toBe(false);
    await expectVisible(page.getByText('Help'));
  });

  it('show the CAPTCHA wherever a message can be sent', async () => {
    const { page, element } = test;
    await test.open();
    await slot('<p slot="captcha">No robot</p>');

    await expectVisible(page.getByText('No robot'));
    await element.send('4155552671');
    expect(await page.getByText('No robot').isVisible()).toBe(false);
    await element.openNoMessage();
    await expectVisible(page.getByText('No robot'));
    await test.pass(601);
    await expectVisible(element.heading('The code has expired'));

    await expectVisible(page.getByText('No robot'));
  });
});

describe('beforeSend', () => {
  it('adds headers and a CAPTCHA token to each message, and to no check', async () => {
    const { page, element } = test;
    const headers: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST')
        headers.push(`${request.headers()['x-csrf']} ${request.headers()['x-captcha-token']}`);
    });
    await element.change('register', { resend_in: 0 });
    await test.open();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = async ({ phoneNumber, isResend }) => ({
        headers: { 'x-csrf': phoneNumber },
        captchaToken: `solved ${isResend}`,
      });
    });

    await element.send('4155552671');
    await element.openNoMessage();
    await element.button('Send it again').click();
    await element.announced('The code is on its way again.');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect(headers).toEqual([`${NUMBER} solved false`, `${NUMBER} solved true`, 'undefined undefined']);
  });

  it('stops the message without an error if it returns false', async () => {
    const { page, element } = test;
    await test.open();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = () => false;
    });

    await element.number.fill('4155552671');
    await element.button('Send code').click();
    await expect.poll(() => element.button('Send code').getAttribute('aria-disabled')).toBe('false');

    expect(element.requests).toEqual([]);
    expect(await element.alert.textContent()).toBe('');
    expect(await element.events()).toEqual([]);
  });

  it.each([
    ['the element starts over', (found: Found): void => found.reset()],
    [
      'the element gets another language and starts over',
      (found: Found): void => {
        found.language = 'en-GB';
        found.reset();
      },
    ],
    ['the element is removed', (found: Found): void => found.remove()],
  ])('sends nothing any more if %s meanwhile', async (_name, change) => {
    const { page, element } = test;
    await test.open();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = () =>
        new Promise((resolve) => {
          Reflect.set(globalThis, 'prepared', () => resolve({ captchaToken: 'solved' }));
        });
    });
    await element.number.fill('4155552671');
    await element.button('Send code').click();
    await expect.poll(() => page.evaluate('typeof prepared')).toBe('function');

    await page.locator('phone-verify').evaluate(change);
    await page.evaluate('prepared()');
    await test.pass(1);

    expect(element.requests).toEqual([]);
    expect(await element.events()).toEqual([]);
  });

  it('is not interrupted by a move of the element', async () => {
    const { page, element } = test;
    await test.open();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = async () => {
        document.body.append(found);
        return { captchaToken: 'solved' };
      };
    });

    await element.send('4155552671');

    expect(element.requests).toEqual(['register']);
  });

  it('works with a client of the page too', async () => {
    const { page, element } = test;
    await test.open();
    await page.locator('phone-verify').evaluate(async (found: Found) => {
      const Client = found.client.constructor as new () => Found['client'];
      found.client = new Client();
      found.beforeSend = () => ({ captchaToken: 'solved' });
    });
    const sent = page.waitForRequest('**/phone/register');

    await element.send('4155552671');

    expect((await sent).headers()['x-captcha-token']).toBe('solved');
  });

  it('is reported if it fails', async () => {
    const { page, element } = test;
    await test.open();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = () => Promise.reject(new Error('no'));
    });

    await element.number.fill('4155552671');
    await element.button('Send code').click();
    await expectAlert(element, 'a check did not succeed');

    expect(element.requests).toEqual([]);
    expect(await element.events()).toEqual([{ type: 'error', code: 'before_send_failed' }]);
  });
});

describe('a CAPTCHA token', () => {
  const isSolved = ({ request }: SendToAuthorize): boolean => request?.headers['x-captcha-token'] === 'solved';
  const guarded = useElement({}, { phoneVerify: { authorizeSend: isSolved } });

  it('decides in authorizeSend of the server, whose refusal is not reported as a limit', async () => {
    const { element, page } = guarded;
    await guarded.open();
    await element.number.fill('4155552671');
    await element.button('Send code').click();
    await expectAlert(element, 'This message was not allowed, so it was not sent.');
    expect(await element.button('Send code').getAttribute('aria-disabled')).toBe('false');

    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = () => ({ captchaToken: 'solved' });
    });
    await element.button('Send code').click();

    await expectVisible(element.heading('Enter the code'));
  });
});

describe('the properties', () => {
  it('reflect their attributes, also those that are set before the element is registered', async () => {
    await test.page.addInitScript(() => {
      document.addEventListener('readystatechange', () => {
        const found = document.querySelector('phone-verify');
        if (document.readyState === 'interactive' && found) {
          Object.assign(found, {
            defaultCountry: 'DE',
            preferredCountries: ['AT', 'CH'],
            autoSubmit: false,
            required: true,
            beforeSend: () => false,
          });
        }
      });
    });
    await test.open();
    await expectVisible(test.element.country);

    const attributes = await test.page
      .locator('phone-verify')
      .evaluate((found) => Object.fromEntries([...found.attributes].map(({ name, value }) => [name, value])));

    expect(attributes).toEqual({
      'default-country': 'DE',
      'preferred-countries': 'AT,CH',
      'auto-submit': 'off',
      required: '',
    });
    expect(await test.element.country.innerText()).toBe('DE +49');
    expect(await test.page.locator('phone-verify').evaluate((found: Found) => found.beforeSend !== undefined)).toBe(
      true,
    );
  });

  it.each([
    ['baseUrl', 'base-url', '/x'],
    ['defaultCountry', 'default-country', 'FR'],
    ['countries', 'countries', 'DE'],
    ['preferredCountries', 'preferred-countries', 'DE'],
    ['language', 'language', 'de'],
    ['purpose', 'purpose', 'login'],
    ['name', 'name', 'token'],
  ])('%s and the attribute %s have one value', async (property, attribute, value) => {
    await test.open();
    await expectVisible(test.element.number);

    const seen = await test.page.locator('phone-verify').evaluate(
      (found, [name, attributeName, text]) => {
        Reflect.set(found, name, text);
        const reflected = found.getAttribute(attributeName);
        Reflect.set(found, name, undefined);
        return [reflected, found.hasAttribute(attributeName), Reflect.get(found, name)];
      },
      [property, attribute, value] as const,
    );

    expect(seen).toEqual([value, false, null]);
  });
});

describe('a property that is set to undefined, as frameworks do', () => {
  it.each(['required', 'disabled'])('%s is off', async (name) => {
    await test.open(name);
    await expectVisible(test.element.country);

    const seen = await test.page.locator('phone-verify').evaluate((found, property) => {
      const values: unknown[] = [];
      for (const value of [undefined, undefined, true, null]) {
        Reflect.set(found, property, value);
        values.push(found.hasAttribute(property));
      }
      return values;
    }, name);

    expect(seen).toEqual([false, false, true, false]);
  });

  it('autoSubmit is on, and the texts are the built-in ones again', async () => {
    const { page, element } = test;
    await test.open('auto-submit="off"');
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.texts = { send: 'Go' };
    });
    await expectVisible(element.button('Go'));

    const isAutomatic = await page.locator('phone-verify').evaluate((found: Found) => {
      Object.assign(found, { texts: undefined, autoSubmit: undefined, beforeSend: undefined, client: undefined });
      return found.autoSubmit;
    });

    expect(isAutomatic).toBe(true);
    await element.send('4155552671');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('the client is the one of the attributes again', async () => {
    const { page } = test;
    await test.open();
    const isOwn = await page.locator('phone-verify').evaluate((found: Found) => {
      const own = found.client;
      const Client = own.constructor as new () => Found['client'];
      found.client = new Client();
      const isOther = found.client !== own;
      Object.assign(found, { client: undefined });
      return isOther && found.client !== own && found.client instanceof Client;
    });

    expect(isOwn).toBe(true);
  });
});

describe('the events', () => {
  it('have short names too, which do not bubble', async () => {
    await test.open();
    await test.page.locator('phone-verify').evaluate((found: Found) => {
      const seen: string[] = [];
      Reflect.set(globalThis, 'seen', seen);
      for (const type of ['sent', 'verified', 'failed'] as const) {
        found.addEventListener(type, ({ type: name }) => seen.push(name));
        document.addEventListener(type, () => seen.push(`${type} bubbled`));
      }
    });

    await test.element.send('4155552671');
    await test.element.verify(WRONG_CODE);
    await expectAlert(test.element, '4 tries left.');
    await test.element.verify(CORRECT_CODE);
    await expectVisible(test.element.heading('Phone number verified'));

    expect(await test.page.evaluate('seen')).toEqual(['sent', 'failed', 'verified']);
  });
});
