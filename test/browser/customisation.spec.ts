import { describe, expect, it } from 'vitest';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

type Found = HTMLElementTagNameMap['phone-verify'];

describe('the texts', () => {
  it('can be changed one by one without losing what was typed', async () => {
    const { element, page } = test;
    await test.open();
    await element.number.fill('4155552671');

    await page.locator('phone-verify').evaluate((found: Found) => {
      found.texts = {
        send: 'Los',
        codeHint: (phoneNumber) => `Code an ${phoneNumber} geschickt`,
        errors: { security_code_invalid: ({ attemptsLeft }) => `Falsch, noch ${attemptsLeft}` },
      };
    });
    expect(await element.number.inputValue()).toBe('(415) 555-2671');
    await element.button('Los').click();
    await expectVisible(page.getByText('Code an +1 415 555 2671 geschickt'));
    await element.verify('000000');

    await expectAlert(element, 'Falsch, noch 4');
    await expectVisible(element.heading('Enter the code'));
  });

  it('can be set before the element is registered', async () => {
    await test.page.addInitScript(() => {
      document.addEventListener('readystatechange', () => {
        const found = document.querySelector('phone-verify');
        if (document.readyState === 'interactive' && found) Reflect.set(found, 'texts', { send: 'Los' });
      });
    });

    await test.open();

    await expectVisible(test.element.button('Los'));
  });

  it('can be changed at any time, and nothing is lost', async () => {
    const { element, page } = test;
    const again = (): Promise<void> =>
      page.locator('phone-verify').evaluate((found: Found) => {
        found.texts = { doneHeading: 'Fertig' };
      });
    await test.open();
    const release = await element.hold('register');
    await element.number.fill('4155552671');
    await element.number.press('Enter');
    await again();
    release();
    await element.code.fill('1234');
    await again();
    expect(await element.code.inputValue()).toBe('1234');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Fertig'));

    await again();

    await expectVisible(element.heading('Fertig'));
  });

  it('are never read as markup', async () => {
    await test.page.addInitScript(() => {
      document.addEventListener('DOMContentLoaded', () => {
        const found = document.querySelector('phone-verify');
        if (found) Reflect.set(found, 'texts', { send: '<img src=x onerror=alert(1)>' });
      });
    });
    await test.open();

    await expectVisible(test.element.button('<img src=x onerror=alert(1)>'));

    expect(await test.page.locator('img').count()).toBe(0);
  });
});

describe('the client', () => {
  it("is created from the element's attributes", async () => {
    const { page } = test;
    await page.route('**/api/codes/register', (route) => route.fulfill({ status: 404, body: '' }));
    const asked = page.waitForRequest('**/api/codes/register');
    await test.open('base-url="/api/codes/" language="pt-BR" purpose="login"');

    const number = page.getByLabel('Número de telefone');
    await number.fill('+14155552671');
    await number.press('Enter');

    const request = await asked;
    expect(request.postDataJSON()).toEqual({ phone_number: NUMBER, purpose: 'login' });
    expect(request.headers()['accept-language']).toBe('pt-BR');
  });

  it('is created again when an attribute changes', async () => {
    await test.open();
    await test.element.send('4155552671');

    await test.page.locator('phone-verify').evaluate((found: Found) => found.setAttribute('purpose', 'login'));

    await expectVisible(test.element.number);
  });

  it("can be the application's own", async () => {
    const { element, page } = test;
    await test.open();

    await page.evaluate(`
      document.querySelector('phone-verify').client = new PhoneVerifyClient({
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, 'x-csrf': 'token' } }),
      });
    `);
    const asked = page.waitForRequest('**/phone/register');
    await element.send('4155552671');

    expect((await asked).headers()['x-csrf']).toBe('token');
  });

  it('does not stop the element with an unexpected failure', async () => {
    const { element, page } = test;
    await test.open();

    await page.evaluate(`
      document.querySelector('phone-verify').client = {
        forget() {}, register() { return Promise.reject(new Error('x')); },
      };
    `);
    await element.number.fill('4155552671');
    await element.number.press('Enter');

    await expectAlert(element, 'The server could not be reached.');
  });
});

describe('the style of the element', () => {
  it('follows custom properties and parts, and no other style of the page', async () => {
    const { element, page } = test;
    await test.open();
    await page.locator('phone-verify').evaluate((found) => {
      found.style.setProperty('--phone-verify-accent', 'rgb(1, 2, 3)');
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('button { background: red !important } phone-verify::part(heading) { color: rgb(4, 5, 6) }');
      document.adoptedStyleSheets = [sheet];
    });

    const button = element.button('Send code');
    const heading = element.heading('Verify your phone number');

    expect(await button.evaluate((found) => getComputedStyle(found).backgroundColor)).toBe('rgb(1, 2, 3)');
    expect(await heading.evaluate((found) => getComputedStyle(found).color)).toBe('rgb(4, 5, 6)');
  });
});

describe('the page', () => {
  it('may move the element and remove it', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');

    await page.evaluate(() => document.body.prepend(document.querySelector('phone-verify') ?? ''));
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
    await page.locator('phone-verify').evaluate((found) => found.remove());

    expect(await page.locator('phone-verify').count()).toBe(0);
  });

  it('may register the element under another name, and focus it', async () => {
    const { element, page } = test;
    await test.open();

    await page.evaluate(`import('/client/index.js').then(({ definePhoneVerify }) => {
      definePhoneVerify('acme-phone');
      definePhoneVerify('acme-phone');
      document.querySelector('phone-verify').replaceWith(document.createElement('acme-phone'));
      document.querySelector('acme-phone').focus();
    })`);

    expect(await element.focused()).toBe('phone_number');
  });
});
