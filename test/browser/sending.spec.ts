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
  it('becomes possible after a countdown that does not change the name of its button', async () => {
    const { element, served } = test;
    await openCodeStep();
    await element.openNoMessage();
    const resend = element.button('Send it again');
    expect(await resend.getAttribute('aria-disabled')).toBe('true');
    expect(await resend.innerText()).toContain('0:30');
    await resend.click({ force: true });

    await test.pass(1);
    expect(await resend.innerText()).toContain('0:29');
    expect(await element.status.textContent()).toBe('');
    await test.pass(29);
    await element.announced('You can have the message sent again now.');
    await element.change('resend', { resend_in: 60 });
    await resend.click();
    await element.announced('The code is on its way again.');

    expect(element.requests).toEqual(['register', 'resend']);
    expect(served.sandbox.outbox).toHaveLength(2);
    expect(await resend.innerText()).toContain('1:00');
    expect(await element.focused()).toContain('Send it again');
    expect((await element.events()).map(({ type }) => type)).toEqual(['sent', 'sent']);
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('has a countdown if it is rate limited, and the code can still be checked', async () => {
    const { element } = test;
    await openCodeStep();
    await element.openNoMessage();
    await test.pass(30);
    await element.fail('resend', 429, 'rate_limited', { retry_after: 125 });

    await element.button('Send it again').click();
    await expectAlert(element, 'Too many requests. Please wait before you try again.');

    expect(await element.button('Send it again').innerText()).toContain('2:05');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });

  it('can be tried again after a failure', async () => {
    const { element } = test;
    await openCodeStep();
    await element.openNoMessage();
    await test.pass(30);
    await element.fail('resend', 502, 'sms_delivery_failed');

    await element.button('Send it again').click();
    await expectAlert(element, 'The message could not be sent. Please try again.');
    await element.button('Send it again').click();
    await element.announced('The code is on its way again.');

    expect(await element.alert.textContent()).toBe('');
  });

  it('of a session that has ended keeps its error when the texts change', async () => {
    const { element, page } = test;
    await openCodeStep();
    await test.pass(601);
    await expectVisible(element.heading('The code has expired'));
    await element.fail('register', 503, 'service_unavailable');
    await element.button('Request a new code').click();
    await expectVisible(page.getByText('This does not work at the moment.'));

    await page.locator('phone-verify').evaluate((found: HTMLElementTagNameMap['phone-verify']) => {
      found.texts = { requestNewCode: 'Another' };
    });

    await expectVisible(element.button('Another'));
    await expectVisible(page.getByText('This does not work at the moment.'));
  });

  it.each(['security_code_expired', 'security_code_invalid'])(
    'opens a new session if the old one has ended (%s)',
    async (code) => {
      const { element } = test;
      await openCodeStep();
      await element.openNoMessage();
      await test.pass(30);
      await element.fail('resend', 400, code);

      await element.button('Send it again').click();
      await expectVisible(element.heading('The code has expired'));
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
    expect(await element.button('Send code').innerText()).toContain('0:05');
    await test.pass(60);
    await element.button('Send code').click();
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
    await element.waitForOtherTabs();
    await expectAlert(element, 'Too many requests. Please wait before you try again.');
    const waiting = element.button('Send code');
    expect(await waiting.getAttribute('aria-disabled')).toBe('true');
    expect(await waiting.innerText()).toContain('1:30');
    await waiting.click({ force: true });
    await element.number.press('Enter');
    expect(element.requests).toEqual(['register']);

    // The countdown began between two ticks, after the other tabs were asked.
    await test.pass(91);
    expect(await element.alert.textContent()).toBe('');
    await element.announced('You can try again now.');
    await waiting.click();
    await expectVisible(element.code);
    expect((await element.events())[0]).toEqual({ type: 'error', code: 'rate_limited', retryAfter: 90 });
  });

  it('says its wait to screen readers as the description of the button, in words', async () => {
    const { element } = test;
    await test.open();
    await element.fail('register', 429, 'rate_limited', { retry_after: 300 });
    const waiting = element.button(/^Send code$/);
    const description = (): Promise<string | null> => waiting.locator('[id=button-wait]').textContent();
    expect(await description()).toBe('');

    await element.number.fill(NUMBER);
    await waiting.click();
    await element.waitForOtherTabs();
    expect(await waiting.getAttribute('aria-describedby')).toBe('button-wait');
    expect(await description()).toBe('in 5 minutes');
    await test.pass(125);
    // It does not change while somebody may read it, and is new when the button gets the focus.
    expect(await description()).toBe('in 5 minutes');
    await element.number.focus();
    await waiting.focus();
    expect(await description()).toBe('in 3 minutes');

    await test.pass(180);
    expect(await description()).toBe('');
  });

  it('waits for one number only: another one can be sent', async () => {
    const { element } = test;
    await test.open();
    await element.fail('register', 429, 'rate_limited', { retry_after: 3600 });
    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await element.waitForOtherTabs();
    expect(await element.button('Send code').getAttribute('aria-disabled')).toBe('true');

    await element.send('4155552672');

    expect(element.requests).toEqual(['register', 'register']);
  });

  it('waits for one number only: the same digits of another country can be sent', async () => {
    const { element } = test;
    await test.open();
    await element.fail('register', 429, 'rate_limited', { retry_after: 3600 });
    await element.number.fill('7400 123456');
    await element.selectCountry('GB');
    await element.button('Send code').click();
    await element.waitForOtherTabs();
    await element.number.press('Tab');
    expect(await element.button('Send code').getAttribute('aria-disabled')).toBe('true');

    await element.selectCountry('FR');

    expect(await element.button('Send code').getAttribute('aria-disabled')).toBe('false');
  });

  it('waits for the number that was sent, not for one that was typed since', async () => {
    const { element } = test;
    await test.open();
    await element.fail('register', 429, 'rate_limited', { retry_after: 3600 });
    const release = await element.hold('register');
    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await element.announced('Sending…');
    await element.number.fill('4155552672');

    release();
    await element.waitForOtherTabs();

    expect(await element.button('Send code').getAttribute('aria-disabled')).toBe('false');
  });

  it('is sent without the numbering plans if they take longer than three seconds', async () => {
    const { element, page } = test;
    await page.route('**/numbering-plans.js', () => undefined);
    await test.open();
    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await element.announced('Sending…');
    expect(element.requests).toEqual([]);

    await test.pass(3);

    await expectVisible(element.code);
  });

  it('is reported as refused, not as limited, if the server gives no time to wait', async () => {
    await test.open();
    await test.element.fail('register', 429, 'rate_limited');

    await test.element.number.fill(NUMBER);
    await test.element.button('Send code').click();
    await expectAlert(test.element, 'This message was not allowed, so it was not sent.');
    await test.element.button('Send code').click();

    await expectVisible(test.element.code);
  });
});

describe('a code that is corrected while it is checked', () => {
  it('is checked next', async () => {
    const { element } = test;
    await test.open();
    await element.send(NUMBER);
    const release = await element.hold('verify');
    await element.verify(WRONG_CODE);
    await element.announced('Checking…');

    await element.code.fill(CORRECT_CODE);
    release();

    await expectVisible(element.heading('Phone number verified'));
    expect(element.requests).toEqual(['register', 'verify', 'verify']);
  });

  it('is not lost if the check ends while it is corrected', async () => {
    const { element, page } = test;
    await test.open();
    await element.send(NUMBER);
    const release = await element.hold('verify');
    await element.verify(WRONG_CODE);
    await element.announced('Checking…');
    await page.keyboard.press('Backspace');

    release();
    await expectAlert(element, '4 tries left.');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('9');

    expect(await element.code.inputValue()).toBe(`${WRONG_CODE.slice(0, 4)}9`);
  });
});

describe('the styles of the code step', () => {
  it('may arrive late', async () => {
    const { element, page } = test;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/code-styles.js', async (route) => {
      await released;
      await route.fallback();
    });
    await test.open();
    await element.number.fill(NUMBER);
    const response = page.waitForResponse('**/phone/register');
    await element.button('Send code').click();
    await response;
    await test.pass(3);
    await expectVisible(element.code);
    const display = (): Promise<string> => page.locator('.slots').evaluate((found) => getComputedStyle(found).display);
    expect(await display()).toBe('block');

    release();

    await expect.poll(display).toBe('grid');
  });

  it('are there too where the page sets a client whose session is open', async () => {
    const { element, page } = test;
    await test.open();
    await element.send(NUMBER);
    await page.reload();
    await page.locator('phone-verify').evaluate((found: HTMLElementTagNameMap['phone-verify']) => {
      const added = document.createElement('phone-verify');
      const { client } = found;
      added.baseUrl = '/other';
      found.replaceWith(added);
      added.client = client;
    });

    await expectVisible(element.code);

    await expect.poll(() => page.locator('.slots').evaluate((found) => getComputedStyle(found).display)).toBe('grid');
  });
});

describe('a network', () => {
  it('shows that a call is pending if it is slow, and nothing is sent twice', async () => {
    const { element, page } = test;
    await test.open();
    const release = await element.hold('register');

    await element.number.fill(NUMBER);
    await element.button('Send code').dblclick();
    const busy = element.button('Send code');
    await element.announced('Sending…');
    expect(await busy.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await element.number.press('Enter');
    release();
    await expectVisible(element.code);

    expect(element.requests).toEqual(['register']);
  });

  it('checks a code once if it is slow', async () => {
    const { element, page } = test;
    await test.open();
    await element.send(NUMBER);
    const release = await element.hold('verify');

    await element.code.fill(WRONG_CODE);
    await element.announced('Checking…');
    await element.button('Verify').click({ force: true });
    await page.keyboard.press('Enter');
    release();
    await expectAlert(element, '4 tries left.');

    expect(element.requests).toEqual(['register', 'verify']);
  });

  it('is reported as offline until it is back, and works again', async () => {
    const { element, context } = test;
    await test.open();
    await context.setOffline(true);

    await element.number.fill(NUMBER);
    await element.button('Send code').click();
    await expectAlert(element, 'You are offline. Check your connection and try again.');
    await context.setOffline(false);
    await element.alert.filter({ hasNotText: /./ }).waitFor({ state: 'attached' });
    await element.button('Send code').click();

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
    await test.element.announced('Sending…');
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
