import { describe, expect, it } from 'vitest';
import { NUMBER, RIGHT_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

describe('a number is verified', () => {
  it('in two steps, and proven to the application', async () => {
    const { element, served } = test;
    await test.open();

    await element.send('(415) 555-2671');
    await element.verify(RIGHT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    const [sent, verified] = await element.heard();
    expect(sent).toEqual({ type: 'sent', phoneNumber: NUMBER });
    expect(verified).toMatchObject({ type: 'verified', phoneNumber: NUMBER });
    const verificationToken = verified?.verificationToken ?? '';
    await expect(served.service.getVerifiedPhone(verificationToken)).resolves.toMatchObject({ phoneNumber: NUMBER });
    expect(element.requests).toEqual(['register', 'verify']);
  });
});

describe('the country', () => {
  it('is the one that the browser speaks of, before any is chosen', async () => {
    await test.open();

    expect(await test.element.country.inputValue()).toBe('US');
    expect(await test.element.country.locator('option').count()).toBeGreaterThan(200);
  });

  it('is the one that the page says', async () => {
    await test.open('default-country="de"');

    expect(await test.element.country.inputValue()).toBe('DE');
  });

  it('is chosen from those that the page allows, by their names in its language', async () => {
    await test.open('countries="GB,DE,FR" language="de"');

    expect(await test.element.country.locator('option').allTextContents()).toEqual([
      'Deutschland +49',
      'Frankreich +33',
      'Vereinigtes Königreich +44',
    ]);
  });

  it('that is chosen goes in front of the number', async () => {
    await test.open();
    await test.element.country.selectOption('GB');

    await test.element.send('07400 123456');

    expect(await test.element.heard()).toEqual([{ type: 'sent', phoneNumber: '+4407400123456' }]);
    expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
  });

  it.each(['+44 7400 123456', '0044 7400 123456', '\u202a+44 7400 123456\u202c'])(
    'that a number says itself counts: %s',
    async (number) => {
      await test.open();

      await test.element.number.fill(number);
      expect(await test.element.country.inputValue()).toBe('GB');
      await test.element.button('Send code').click();
      await expectVisible(test.element.heading('Enter the code'));

      expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
    },
  );

  it('that is not offered is refused without a message', async () => {
    await test.open('countries="US,CA"');

    await test.element.number.fill('+44 7400 123456');
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'This phone number cannot be used.');
    expect(test.element.requests).toEqual([]);
    expect(await test.element.heard()).toEqual([{ type: 'error', code: 'phone_number_not_allowed' }]);
  });

  it('that nobody knows is left to the server', async () => {
    await test.open();

    await test.element.number.fill('+999 123456');
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'Enter a valid phone number.');
    expect(test.element.requests).toEqual(['register']);
  });
});

describe('a number that will not do', () => {
  it('is asked for when it is missing, without a request', async () => {
    await test.open();

    await test.element.button('Send code').click();

    await expectAlert(test.element, 'Enter your phone number.');
    expect(await test.element.focused()).toBe('phone_number');
    expect(test.element.requests).toEqual([]);
  });

  it('is marked, told and focused', async () => {
    const { element } = test;
    await test.open();

    await element.number.fill('123');
    await element.button('Send code').click();
    await expectAlert(element, 'Enter a valid phone number.');

    expect(await element.number.getAttribute('aria-invalid')).toBe('true');
    expect(await element.focused()).toBe('phone_number');
    expect(await element.heard()).toEqual([{ type: 'error', code: 'phone_number_invalid' }]);
    await element.send('4155552671');
  });
});
