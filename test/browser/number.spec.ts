import { describe, expect, it } from 'vitest';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

describe('a number', () => {
  it('is verified in two steps, and the application gets its verification token', async () => {
    const { element, served } = test;
    await test.open();

    await element.send('(415) 555-2671');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    const [sent, verified] = await element.events();
    expect(sent).toEqual({ type: 'sent', phoneNumber: NUMBER });
    expect(verified).toMatchObject({ type: 'verified', phoneNumber: NUMBER });
    const verificationToken = verified?.verificationToken ?? '';
    await expect(served.service.getVerifiedPhone(verificationToken)).resolves.toMatchObject({ phoneNumber: NUMBER });
    expect(element.requests).toEqual(['register', 'verify']);
  });
});

describe('the country', () => {
  it("is that of the browser's language before one is selected", async () => {
    await test.open();

    expect(await test.element.country.inputValue()).toBe('US');
    expect(await test.element.country.locator('option').count()).toBeGreaterThan(200);
  });

  it('is the one in the attribute of the page', async () => {
    await test.open('default-country="de"');

    expect(await test.element.country.inputValue()).toBe('DE');
  });

  it('is selected from those that the page allows, by their names in its language', async () => {
    await test.open('countries="GB,DE,FR" language="de"');
    const options = test.page.getByLabel('Land').locator('option');
    await options.first().waitFor({ state: 'attached' });

    expect(await options.allTextContents()).toEqual([
      'Deutschland +49',
      'Frankreich +33',
      'Vereinigtes Königreich +44',
    ]);
  });

  it('is put in front of the number once it is selected', async () => {
    await test.open();
    await test.element.country.selectOption('GB');

    await test.element.send('07400 123456');

    expect(await test.element.events()).toEqual([{ type: 'sent', phoneNumber: '+447400123456' }]);
    expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
  });

  it.each(['+44 7400 123456', '0044 7400 123456', '\u202a+44 7400 123456\u202c'])(
    'is selected from a number that contains its calling code: %s',
    async (number) => {
      await test.open();

      await test.element.number.fill(number);
      expect(await test.element.country.inputValue()).toBe('GB');
      await test.element.button('Send code').click();
      await expectVisible(test.element.heading('Enter the code'));

      expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
    },
  );

  it.each([
    ['০১৭১২-৩৪৫৬৭৮', '+8801712345678'],
    ['০০৮৮০ ১৭১২ ৩৪৫৬৭৮', '+8801712345678'],
    ['+৮৮০ ১৭১২ ৩৪৫৬৭৮', '+8801712345678'],
  ])('is followed by a number in the digits of a local script: %s', async (number, e164) => {
    await test.open('default-country="BD"');

    await test.element.send(number);

    expect(test.served.sandbox.outbox[0]?.to).toBe(e164);
  });

  it('is refused without a request if it is not offered', async () => {
    await test.open('countries="US,CA"');

    await test.element.number.fill('+44 7400 123456');
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'This phone number cannot be used.');
    expect(test.element.requests).toEqual([]);
    expect(await test.element.events()).toEqual([{ type: 'error', code: 'phone_number_not_allowed' }]);
  });

  it('is left to the server if it is unknown', async () => {
    await test.open();

    await test.element.number.fill('+999 123456');
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'Enter a valid phone number.');
    expect(test.element.requests).toEqual(['register']);
  });
});

describe('an invalid number', () => {
  it('is reported as missing without a request', async () => {
    await test.open();

    await test.element.button('Send code').click();

    await expectAlert(test.element, 'Enter your phone number.');
    expect(await test.element.focused()).toBe('phone_number');
    expect(test.element.requests).toEqual([]);
  });

  it('is marked, reported and focused', async () => {
    const { element } = test;
    await test.open();

    await element.number.fill('123');
    await element.button('Send code').click();
    await expectAlert(element, 'Enter a valid phone number.');

    expect(await element.number.getAttribute('aria-invalid')).toBe('true');
    expect(await element.focused()).toBe('phone_number');
    expect(await element.events()).toEqual([{ type: 'error', code: 'phone_number_invalid' }]);
    await element.send('4155552671');
  });
});
