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

    expect(await test.element.country.innerText()).toBe('US +1');
    await test.element.country.focus();
    expect(await test.element.country.getAttribute('aria-label')).toBe('Country: United States, US +1');
  });

  it('is the one in the attribute of the page', async () => {
    await test.open('default-country="de"');

    expect(await test.element.country.innerText()).toBe('DE +49');
  });

  it('is put in front of the number once it is selected', async () => {
    await test.open();
    await test.element.selectCountry('GB');

    await test.element.send('07400 123456');

    expect(await test.element.events()).toEqual([{ type: 'sent', phoneNumber: '+447400123456' }]);
    expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
  });

  it.each([
    ['+1 604', 'CA'],
    ['+1 415', 'US'],
    ['+1 876', 'JM'],
    ['+7 701', 'KZ'],
    ['+7 495', 'RU'],
    ['+44 1481', 'GG'],
  ])('is told by the area of a number: %s is of %s', async (number, country) => {
    await test.open();

    await test.element.number.pressSequentially(number);

    await test.element.country.filter({ hasText: country }).waitFor();
    expect(await test.element.country.innerText()).toBe(country);
  });

  it.each(['+44 7400 123456', '0044 7400 123456', '\u202a+44 7400 123456\u202c'])(
    'is selected from a number that contains its calling code: %s',
    async (number) => {
      await test.open();

      await test.element.number.fill(number);
      await test.element.country.filter({ hasText: 'GB' }).waitFor();
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

  it('is reported as invalid if no country has its calling code', async () => {
    await test.open();

    await test.element.number.fill('+999 123456');
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'Enter a valid phone number.');
  });

  it('accepts a number whose digits are in the script of the country, where the page lists its countries', async () => {
    await test.open('countries="DE,AT"');

    await test.element.send('+٤٩١٥١٢٣٤٥٦٧٨٩');

    expect(test.served.sandbox.outbox[0]?.to).toBe('+4915123456789');
  });
});

describe('the notation of a number', () => {
  it.each([
    '+4915123456789',
    '0151 23456789',
    '151 23456789',
    '4915123456789',
    '0049 151 23456789',
    'tel:+49-151-23456789',
  ])('does not matter: %s', async (number) => {
    await test.open('default-country="DE"');

    await test.element.send(number);

    expect(test.served.sandbox.outbox[0]?.to).toBe('+4915123456789');
    expect(await test.element.events()).toEqual([{ type: 'sent', phoneNumber: '+4915123456789' }]);
  });

  it('is that of its country while it is typed', async () => {
    const { element } = test;
    await test.open();

    await element.number.pressSequentially('4155552671');
    await expect.poll(() => element.number.inputValue()).toBe('(415) 555-2671');
    await element.number.press('Backspace');
    await element.number.press('Backspace');
    expect(await element.number.inputValue()).toBe('(415) 555-26');
    await element.number.fill('+4930123456');

    expect(await element.number.inputValue()).toBe('+49 30 123456');
  });

  it('leaves the caret where a person corrects a digit', async () => {
    const { element } = test;
    await test.open();
    await element.number.pressSequentially('4155552671');
    for (let step = 0; step < 4; step += 1) await element.number.press('ArrowLeft');

    await element.number.press('Backspace');
    await element.number.pressSequentially('9');
    const caret = await element.number.evaluate((input: HTMLInputElement) =>
      input.value.slice(input.selectionStart ?? 0),
    );

    expect(caret).toBe('2671');
  });

  it('groups the number in the next step as its country does', async () => {
    await test.open('default-country="GB"');

    await test.element.send('07400123456');

    await expectVisible(test.page.getByText('+44 7400 123456').first());
  });

  it('is left to the server if the numbering plans cannot be loaded', async () => {
    const { element, page } = test;
    await page.route('**/numbering-plans.js', (route) => route.abort());
    await test.open('default-country="DE"');

    await element.send('0151 23456789');

    expect(test.served.sandbox.outbox[0]?.to).toBe('+4915123456789');
    await expectVisible(page.getByText('+490151').or(page.getByText('+49151')).first());
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
    expect(element.requests).toEqual([]);
    await element.send('4155552671');
  });

  it('is no longer reported once it is corrected', async () => {
    const { element } = test;
    await test.open();
    await element.number.fill('123');
    await element.button('Send code').click();
    await expectAlert(element, 'Enter a valid phone number.');

    await element.number.pressSequentially('4');

    expect(await element.alert.textContent()).toBe('');
  });
});
