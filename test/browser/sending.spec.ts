import { describe, expect, it } from 'vitest';
import { CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

const NUMBER = '4155552671';

/** Opens the page and requests a code, with a resend allowed after 30 seconds. */
async function openCodeStep(): Promise<void> {
  await test.element.change('register', { resend_in: 30 });
  await test.open();
  await test.element.send(NUMBER);
}

describe('a resend', () => {
  it('becomes possible after a countdown', async () => {
    const { element, page, served } = test;
    await openCodeStep();
    const waiting = element.button('Send it again in 0:30');
    expect(await waiting.getAttribute('aria-disabled')).toBe('true');
    await waiting.click({ force: true });

    await test.pass(1);
    await expectVisible(element.button('Send it again in 0:29'));
    await test.pass(29);
    await element.change('resend', { resend_in: 60 });
    await element.button('Send it again').click();
    await expectVisible(element.status.filter({ hasText: 'The code is on its way again.' }));

    expect(element.requests).toEqual(['register', 'resend']);
    expect(served.sandbox.outbox).toHaveLength(2);
    await expectVisible(element.button('Send it again in 1:00'));
    expect((await element.events()).map(({ type }) => type)).toEqual(['sent', 'sent']);
    await page.keyboard.press('Tab');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('has a countdown if it is rate limited, and the code can still be checked', async () => {
    const { element } = test;
    await openCodeStep();
    await test.pass(30);
    await element.fail('resend', 429, 'rate_limited', { retry_after: 125 });

    await element.button('Send it again').click();
    await expectAlert(element, 'Too many requests. Please wait before you try again.');

    await expectVisible(element.button('Send it again in 2:05'));
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('can be tried again after a failure', async () => {
    const { element } = test;
    await openCodeStep();
    await test.pass(30);
    await element.fail('resend', 502, 'sms_delivery_failed');

    await element.button('Send it again').click();
    await expectAlert(element, 'The message could not be sent. Please try again.');
    await element.button('Send it again').click();
    await expectVisible(element.status.filter({ hasText: 'The code is on its way again.' }));

    expect(await element.alert.textContent()).toBe('');
  });

  it.each(['security_code_expired', 'security_code_invalid'])(
    'opens a new session if the old one has ended (%s)',
    async (code) => {
      const { element } = test;
      await openCodeStep();
      await test.pass(30);
      await element.fail('resend', 400, code);

      await element.button('Send it again').click();
      await expectAlert(element, 'This code has expired. Request a new one.');
      await element.button('Request a new code').click();
      await expectVisible(element.code);

      expect(element.requests).toEqual(['register', 'resend', 'register']);
    },
  );
});

describe('a first message', () => {
  it('is sent again in the same session if it was not sent', async () => {
    const { element, served } = test;
    await test.open();
    await test.page.route(
      '**/phone/register',
      async (route) => {
        const response = await route.fetch();
        const body: object = await response.json();
        await route.fulfill({
          status: 502,
          json: { code: 'sms_delivery_failed', message: 'x', ...body, resend_in: 5 },
        });
      },
      { times: 1 },
    );

    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await expectAlert(element, 'The message could not be sent. Please try again.');
    await expectVisible(element.button('Try again in 0:05'));
    await test.pass(60);
    await element.button('Try again').click();
    await expectVisible(element.code);

    expect(element.requests).toEqual(['register', 'resend']);
    await element.verify(served.sandbox.lastCode('+14155552671') ?? '');
    await expectVisible(element.heading('Phone number verified'));
  });

  it('has a countdown if it is rate limited', async () => {
    const { element } = test;
    await test.open();
    await element.fail('register', 429, 'rate_limited', { retry_after: 90 });

    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await expectAlert(element, 'Too many requests. Please wait before you try again.');
    const waiting = element.button('Try again in 1:30');
    expect(await waiting.getAttribute('aria-disabled')).toBe('true');
    await waiting.click({ force: true });
    await element.number.press('Enter');
    expect(element.requests).toEqual(['register']);

    await test.pass(90);
    expect(await element.alert.textContent()).toBe('');
    await element.button('Try again').click();
    await expectVisible(element.code);
    expect((await element.events())[0]).toEqual({ type: 'error', code: 'rate_limited', retryAfter: 90 });
  });

  it('can be tried again immediately if it was refused without a time to wait', async () => {
    await test.open();
    await test.element.fail('register', 429, 'rate_limited');

    await test.element.number.fill(NUMBER);
    await test.element.button('Send code').click();
    await test.element.button('Try again').click();

    await expectVisible(test.element.code);
  });
});

describe('a network', () => {
  it('shows that a call is pending if it is slow, and nothing is sent twice', async () => {
    const { element, page } = test;
    await test.open();
    const release = await element.hold('register');

    await element.number.fill(NUMBER);
    await element.button('Send code').dblclick();
    const busy = element.button('Sending…');
    await expectVisible(busy);
    expect(await busy.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await element.number.press('Enter');
    release();
    await expectVisible(element.code);

    expect(element.requests).toEqual(['register']);
  });

  it('checks a code once if it is slow', async () => {
    const { element } = test;
    await test.open();
    await element.send(NUMBER);
    const release = await element.hold('verify');

    await element.code.fill(WRONG_CODE);
    await element.button('Verify').dblclick();
    await element.button('Checking…').click({ force: true });
    release();
    await expectAlert(element, '4 tries left.');

    expect(element.requests).toEqual(['register', 'verify']);
  });

  it('is reported as offline, and works again once it is back', async () => {
    const { element, context } = test;
    await test.open();
    await context.setOffline(true);

    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await expectAlert(element, 'You are offline. Check your connection and try again.');
    await context.setOffline(false);
    await element.button('Try again').click();

    await expectVisible(element.code);
    expect((await element.events())[0]).toEqual({ type: 'error', code: 'network_failed' });
  });

  it('is reported if it breaks', async () => {
    await test.open();
    await test.element.send(NUMBER);
    await test.page.route('**/phone/verify', (route) => route.abort('connectionreset'), { times: 1 });

    await test.element.verify(CORRECT_CODE);
    await expectAlert(test.element, 'The server could not be reached. Please try again.');
    await test.element.button('Verify').click();

    await expectVisible(test.element.heading('Phone number verified'));
  });

  it('times out if it never responds', async () => {
    await test.open();
    await test.element.hold('register');

    await test.element.number.fill(NUMBER);
    await test.element.button('Send code').click();
    await expectVisible(test.element.button('Sending…'));
    await test.pass(30);

    await expectAlert(test.element, 'The server takes too long to respond. Please try again.');
  });

  it.each([
    ['an error page', 502, '<html>Bad Gateway</html>'],
    ['another failure', 503, { code: 'service_unavailable', message: 'x' }],
  ])('is reported if a proxy responds with %s', async (_name, status, body) => {
    await test.open();
    await test.element.respondWith('register', status, body);

    await test.element.number.fill(NUMBER);
    await test.element.button('Send code').click();

    await expectAlert(test.element, 'This does not work at the moment. Please try again later.');
  });
});
