import { describe, expect, it } from 'vitest';
import { CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { everyState, inEachState } from './support/states.js';
import { useElement } from './support/use-element.js';

const test = useElement();

describe('the keyboard', () => {
  it('is enough to complete all steps', async () => {
    const { element, page } = test;
    const { keyboard } = page;
    await test.open();
    await expectVisible(element.number);

    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expectVisible(element.countrySearch);
    await keyboard.type('United Kingdom');
    await keyboard.press('Enter');
    expect(await element.focused()).toBe('phone_number');
    await keyboard.type('7400 123456');
    await keyboard.press('Enter');
    await expectVisible(element.code);
    expect(await element.focused()).toBe('security_code');
    await keyboard.type(WRONG_CODE);
    await expectAlert(element, '4 tries left.');
    await keyboard.type(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect(await element.focused()).toBe('Phone number verified');
  });

  it('moves through the fields and buttons in reading order', async () => {
    const { element, page } = test;
    await element.change('register', { resend_in: 30 });
    await test.open();
    await expectVisible(element.number);
    const order: string[] = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await page.keyboard.press('Tab');
      order.push(await element.focused());
    }
    expect(order[1]).toBe('phone_number');
    expect(order[2]).toBe('Send code');

    await element.send('4155552671');
    await element.openNoMessage();
    await element.code.focus();
    const rest: string[] = [];
    for (let stop = 0; stop < 4; stop += 1) {
      await page.keyboard.press('Tab');
      rest.push(await element.focused());
    }
    expect(rest).toEqual(['Verify', 'No message?', 'Change number', 'Send it again0:30in 30 seconds']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    expect(await element.focused()).toBe('phone_number');
  });

  it('keeps the focus on the button while a call is pending', async () => {
    const { element, page } = test;
    await test.open();
    await element.number.fill('4155552671');
    const release = await element.hold('register');

    await element.button('Send code').focus();
    await page.keyboard.press('Space');
    await element.announced('Sending…');
    expect(await element.focused()).toBe('Send code');
    release();

    await expectVisible(element.code);
    expect(await element.focused()).toBe('security_code');
  });

  it('has a visible focus', async () => {
    const { element, page } = test;
    await test.open();
    await expectVisible(element.number);
    for (const part of ['[part=country]', '.box', '[part=button]']) {
      await page.keyboard.press('Tab');
      const outline = await page.locator(part).evaluate((found) => getComputedStyle(found).outlineStyle);
      expect(outline).toBe('solid');
    }
  });
});

describe('a screen reader', () => {
  it('announces a field with its hint and its error', async () => {
    const { element } = test;
    await test.open();
    await element.number.fill('123');
    await element.number.press('Enter');
    await expectAlert(element, 'Enter a valid phone number.');

    const described = await element.number.evaluate((input) =>
      (input.getAttribute('aria-describedby') ?? '')
        .split(' ')
        .map((id) => (input.getRootNode() as ShadowRoot).querySelector(`#${id}`)?.textContent),
    );

    expect(described).toEqual(['We will send you a text message with a code.', 'Enter a valid phone number.']);
  });

  it('never hears another name of a button because time passes, in any state', async () => {
    const { element, page, served } = test;
    const names = (): Promise<string[]> =>
      page.locator('button').evaluateAll((found) =>
        found
          .filter((button) => button.checkVisibility())
          .map((button) => {
            const heard = button.cloneNode(true);
            if (!(heard instanceof Element)) return '';
            for (const hidden of heard.querySelectorAll('[aria-hidden=true]')) hidden.remove();
            return button.getAttribute('aria-label') ?? heard.textContent;
          }),
      );

    const changes = await inEachState(element, served.url(), async () => {
      const before = await names();
      await page.clock.runFor(5000);
      const after = await names();
      return after.filter((name, index) => name !== before[index]);
    });

    expect(changes).toEqual(everyState([]));
  }, 120_000);

  it.each([
    ['Send code', 'register'],
    ['Verify', 'verify'],
  ] as const)('hears the same name of the button %s before, during and after a failure', async (name, path) => {
    const { element, page } = test;
    await test.open('auto-submit="off"');
    if (path === 'verify') {
      await element.send('4155552671');
      await element.code.fill(WRONG_CODE);
    } else await element.number.fill('4155552671');
    await element.respondWith(path, 503, { code: 'service_unavailable', message: 'x' });
    const release = await element.hold(path);
    await element.button(name).focus();

    await page.keyboard.press('Enter');
    await element.announced(/…/);
    expect(await element.focused()).toBe(name);
    release();
    await expectAlert(element, 'This does not work at the moment.');

    expect(await element.focused()).toBe(name);
  });

  it('never announces the countdown', async () => {
    const { element, page } = test;
    await element.change('register', { resend_in: 30 });
    await test.open();
    await element.send('4155552671');

    const live = page.locator('[role=alert], [role=status], [aria-live]');

    expect((await live.allTextContents()).join('')).toBe('');
  });
});

describe('the focus', () => {
  it('is never lost in a transition', async () => {
    const { element, page } = test;
    await element.change('register', { resend_in: 0 });
    await test.open();
    await element.number.fill('4155552671');
    await element.number.press('Enter');
    await expectVisible(element.code);
    expect(await element.focused()).toBe('security_code');
    await element.openNoMessage();
    expect(await element.focused()).toBe('No message?');
    await element.button('Send it again').click();
    await element.announced('on its way again');
    expect(await element.focused()).toBe('Send it again');
    await element.button('Change number').click();
    expect(await element.focused()).toBe('phone_number');
    await page.keyboard.press('Enter');
    await expectVisible(element.code);
    await test.pass(601);
    await expectVisible(element.heading('The code has expired'));
    expect(await element.focused()).toBe('Request a new code');
    await page.keyboard.press('Enter');
    await expectVisible(element.code);
    expect(await element.focused()).toBe('security_code');
    await element.fail('verify', 400, 'security_code_too_many_attempts');
    await page.keyboard.type(WRONG_CODE);
    await expectVisible(element.heading('Too many wrong codes'));
    expect(await element.focused()).toBe('Request a new code');
    await element.button('Change number').click();
    expect(await element.focused()).toBe('phone_number');
    await page.keyboard.press('Enter');
    await expectVisible(element.code);
    await page.keyboard.type(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect(await element.focused()).toBe('Phone number verified');
  });
});
