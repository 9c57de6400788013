import { SmsDeliveryError } from 'nestjs-phone-verify';
import type { Browser, BrowserContext, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { launchBrowser } from './support/browser.js';
import { SamplePage, type ServedSample, serveSample } from './support/sample-page.js';

let browser: Browser;
let sample: ServedSample;
let context: BrowserContext;
let person: SamplePage;
/** Errors in the browser's console: scripts, files, the Content-Security-Policy. */
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  sample = await serveSample();
});

beforeEach(async () => {
  await sample.beginAnew();
  await enter();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await context.close();
});

afterAll(async () => {
  await browser.close();
  await sample.close();
});

/** A person with another browser, a minute later. */
async function enter(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close();
  sample.clock.advance(60);
  context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  complaints = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (line) => {
    if (['error', 'warning'].includes(line.type())) complaints.push(line.text());
  });
  person = new SamplePage(page, sample.origin);
}

async function expectPage(path: string): Promise<void> {
  await person.page.waitForURL(sample.origin + path);
}

async function expectShown(locator: Locator): Promise<void> {
  await locator.waitFor();
}

describe('the sign-up of the sample', () => {
  it('leads to the account with the code that the phone on the page shows', async () => {
    await person.open();
    await person.username.fill('Ada');
    await person.send('(415) 555-2671');
    expect(await person.messages.allInnerTexts()).toEqual([expect.stringContaining('Your Sample security code is')]);

    await person.button(CORRECT_CODE).click();
    await expectPage('/account');

    expect(await person.page.getByRole('heading').first().innerText()).toBe('Hello, ada');
    expect(await person.page.content()).not.toContain(NUMBER.slice(1));
    expect(await person.page.getByText('+14•••••••71').isVisible()).toBe(true);
    expect(await person.page.evaluate('document.cookie')).toBe('');
    expect(complaints).toEqual([]);
  });

  it('can be completed with only the keyboard', async () => {
    const { keyboard } = person.page;
    await person.open();
    await person.username.focus();
    await keyboard.type('ada');
    // Skips the country.
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('4155552671');
    await keyboard.press('Enter');
    await person.messages.first().waitFor();
    await keyboard.type(CORRECT_CODE);

    await expectPage('/account');
  });

  it('shows how many attempts are left', async () => {
    await person.open();
    await person.send('4155552671');

    await person.verify(WRONG_CODE);

    await expectShown(person.fault.getByText('4 tries left'));
    expect(person.page.url()).toBe(`${sample.origin}/`);
  });

  it('is locked after five wrong codes, and continues with a new code', async () => {
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    for (const [index, left] of ['4 tries', '3 tries', '2 tries', 'One try', 'Too many wrong codes'].entries()) {
      await person.verify(`65432${index}`);
      await expectShown(person.fault.getByText(left));
    }

    sample.clock.advance(30);
    await person.button('Request a new code').click();
    await expectShown(person.messages.nth(1));
    await person.verify(CORRECT_CODE);

    await expectPage('/account');
  });

  it('counts down to the next resend', async () => {
    await person.page.clock.install();
    await person.page.route('**/phone/register', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), resend_in: 30 } });
    });
    await person.open();
    await person.send('4155552671');
    await person.button('No message?').click();
    const resend = person.button('Send it again');
    expect(await resend.innerText()).toContain('0:30');
    expect(await resend.getAttribute('aria-disabled')).toBe('true');

    await person.page.clock.fastForward(20_000);
    await resend.getByText('0:10').waitFor();
    sample.clock.advance(30);
    await person.page.clock.fastForward(10_000);
    await resend.click();

    await expectShown(person.messages.nth(1));
  });

  it('shows that a code has expired, and sends another', async () => {
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    sample.clock.advance(601);

    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByRole('heading', { name: 'The code has expired' }));
    await person.button('Request a new code').click();
    await expectShown(person.messages.nth(1));
    await person.verify(CORRECT_CODE);

    await expectPage('/account');
  });

  it('shows how long to wait after too many messages', async () => {
    await person.page.clock.install();
    await person.page.route('**/phone/register', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Retry-After': '42' },
        json: { statusCode: 429, error: 'Too Many Requests', message: 'x', code: 'rate_limited', retry_after: 42 },
      }),
    );
    await person.open();
    await person.username.fill('ada');
    await person.number.fill('4155552671');
    await person.button('Send code').click();

    await expectShown(person.fault.getByText('Too many requests'));
    await expectShown(person.button('Send code').getByText('0:42'));
  });

  it('shows that the message was not sent while the provider is down, and tries again', async () => {
    const failure = new SmsDeliveryError('unavailable', 'down');
    vi.spyOn(sample.sandbox, 'sendSms').mockRejectedValueOnce(failure);
    await person.open();
    await person.username.fill('ada');
    await person.number.fill('4155552671');
    await person.button('Send code').click();
    await expectShown(person.fault.getByText('could not be sent'));

    await person.button('Send code').click();
    await person.messages.first().waitFor();
    await person.verify(CORRECT_CODE);

    await expectPage('/account');
  });

  it('sends one message and creates one account for a double click', async () => {
    const posted: string[] = [];
    person.page.on('request', (request) => {
      if (request.method() === 'POST') posted.push(new URL(request.url()).pathname);
    });
    await person.open();
    await person.username.fill('ada');
    await person.number.fill('4155552671');
    await person.button('Send code').dblclick();
    await person.messages.first().waitFor();
    await person.code.fill(CORRECT_CODE);
    await expectPage('/account');

    expect(posted).toEqual(['/users/check-username', '/phone/register', '/phone/verify', '/users/sign-up']);
    expect(sample.sandbox.outbox).toHaveLength(1);
  });

  it('continues after a reload', async () => {
    await person.open();
    await person.send('4155552671');

    await person.page.reload();
    await person.username.fill('ada');
    await person.messages.first().waitFor();
    await person.button(CORRECT_CODE).click();

    await expectPage('/account');
    expect(sample.sandbox.outbox).toHaveLength(1);
  });

  it('waits for a slow server, and sends one request', async () => {
    let respond = (): void => undefined;
    const slow = new Promise<void>((resolve) => (respond = resolve));
    let asked = 0;
    await person.page.route('**/users/sign-up', async (route) => {
      asked += 1;
      await slow;
      await route.continue();
    });
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByText('One moment'));
    await person.username.press('Enter');

    respond();
    await expectPage('/account');

    expect(asked).toBe(1);
  });

  it('tries again when the server could not be reached', async () => {
    await person.page.route('**/users/sign-up', (route) => route.abort(), { times: 1 });
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByText('The server cannot be reached.'));

    await person.button('Try again').click();

    await expectPage('/account');
  });

  it('sends no message for a user name that is missing or taken', async () => {
    await person.signUp('ada', '4155550001');
    await enter();
    await person.open();
    await person.number.fill('4155552671');
    await person.button('Send code').click();
    await expectShown(person.page.getByText('Choose a user name.'));
    expect(await person.username.evaluate((input) => input === document.activeElement)).toBe(true);
    await person.username.fill('ada');
    await person.button('Send code').click();
    await expectShown(person.page.getByText('This user name is taken.'));

    expect(sample.sandbox.outbox).toHaveLength(1);
  });

  it('asks for another user name that was taken in the meantime, and keeps the number verified', async () => {
    await person.page.route('**/users/check-username', (route) => route.fulfill({ status: 204 }));
    await person.signUp('ada', '4155550001');
    await enter();
    await person.page.route('**/users/check-username', (route) => route.fulfill({ status: 204 }));
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByText('This user name is taken.'));
    expect(await person.username.evaluate((input) => input === document.activeElement)).toBe(true);

    await person.username.fill('grace');
    await person.username.press('Enter');

    await expectPage('/account');
    expect(sample.sandbox.outbox).toHaveLength(2);
  });

  it('offers to use another number if the number already has an account', async () => {
    await person.signUp('ada', '4155552671');
    await enter();
    await person.open();
    await person.username.fill('grace');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);

    await person.button('Use another number').click();
    expect(await person.number.evaluate((input) => input.matches(':focus'))).toBe(true);
    expect(await person.number.inputValue()).toBe('');
    await person.send('4155550123');
    await person.code.waitFor();
    await person.verify(CORRECT_CODE);
    await expectPage('/account');

    expect(await person.page.getByRole('heading').first().innerText()).toBe('Hello, grace');
  });

  it('offers to sign in if the number already has an account', async () => {
    await person.signUp('ada', '4155552671');
    await enter();
    await person.open();
    await person.username.fill('grace');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);

    await person.button('Sign in to it').click();
    await expectPage('/account');

    expect(await person.page.getByRole('heading').first().innerText()).toBe('Hello, ada');
  });

  it('shows only the messages to the number of this page', async () => {
    await person.open();
    await person.send('4155552671');
    await sample.sandbox.sendSms('+447911123456', 'for somebody else');
    await sample.sandbox.sendSms(NUMBER, 'for this one');

    await expectShown(person.messages.nth(1));

    expect(await person.messages.last().innerText()).toContain('for this one');
    expect(await person.page.getByText('for somebody else').count()).toBe(0);
  });

  it.each([
    [320, 568],
    [375, 667],
    [699, 900],
  ])('shows the message above the form, where it covers nothing, at %i × %i', async (width, height) => {
    await enter({ viewport: { width, height } });
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    await person.code.waitFor();

    const [message, code, verify] = await Promise.all(
      [person.page.locator('.phone'), person.code, person.button('Verify')].map((part) => part.boundingBox()),
    );
    expect((message?.y ?? 0) + (message?.height ?? 0)).toBeLessThanOrEqual(code?.y ?? 0);
    expect(code?.y).toBeLessThan(verify?.y ?? 0);
    await person.code.scrollIntoViewIfNeeded();
    const isCovered = await person.code.evaluate((input) => {
      const { left, top, width: wide, height: high } = input.getBoundingClientRect();
      return !(document.elementFromPoint(left + wide / 2, top + high / 2)?.localName === 'phone-verify');
    });
    expect(isCovered).toBe(false);
    await person.button(CORRECT_CODE).click();
    await expectPage('/account');
  });

  it('speaks another language once one is chosen, also after a reload', async () => {
    await person.open();

    await person.page.getByLabel('Language of the form').selectOption('de');
    await expectShown(person.page.getByRole('button', { name: 'Code senden' }));
    await person.page.reload();

    await expectShown(person.page.getByRole('button', { name: 'Code senden' }));
    expect(await person.page.getByLabel('Language of the form').inputValue()).toBe('de');
  });
});

describe('the account of the sample', () => {
  it('has its forms in the language that was chosen, under headings of the page', async () => {
    await person.signUp('ada', '4155552671');
    await person.page.getByLabel('Language of the form').selectOption('de');
    await person.button('Change number').click();

    await expectShown(person.page.getByRole('heading', { name: 'Confirm your current number' }));
    await expectShown(person.page.getByText('Sie erhalten eine SMS mit einem Code.').first());
    await expectShown(person.page.getByRole('button', { name: 'Code senden' }));
  });
});

describe('the sign-in of the sample', () => {
  it('leads to the account of the number', async () => {
    await person.signUp('ada', '4155552671');
    await person.button('Sign out').click();
    await expectPage('/');
    sample.clock.advance(60);
    await person.page.getByRole('link', { name: 'Sign in' }).click();
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);

    await expectPage('/account');
  });

  it('offers the sign-up to a number without an account, and keeps it verified', async () => {
    await person.open('/sign-in');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);
    await person.button('Create one').click();
    await person.username.fill('ada');
    await person.button('Create account').click();

    await expectPage('/account');
    expect(sample.sandbox.outbox).toHaveLength(1);
  });
});

describe('the account of the sample', () => {
  it('is not shown without a signed-in user', async () => {
    await person.open('/account');

    expect(person.page.url()).toBe(`${sample.origin}/`);
  });

  it('is shown by the back button only while signed in', async () => {
    await person.open();
    await person.page.goto(`${sample.origin}/sign-in`);
    await person.open();
    await person.username.fill('ada');
    await person.send('4155552671');
    await person.verify(CORRECT_CODE);
    await expectPage('/account');
    await person.page.goBack();
    await expectPage('/account');

    await person.button('Sign out').click();
    await expectPage('/');
    await person.page.goBack();

    await person.username.waitFor();
    expect(await person.page.getByText('Hello').count()).toBe(0);
  });

  it('changes its number with a code to the current number and one to the new number', async () => {
    await person.signUp('ada', '4155552671');
    sample.clock.advance(60);
    await person.button('Change number').click();
    await expectShown(person.page.getByText('Confirm your current number'));
    await person.send('4155552671');
    await person.code.waitFor();
    await person.button(CORRECT_CODE).last().click();

    await expectShown(person.page.getByText('Verify your new number'));
    expect(await person.number.evaluate((input) => input.matches(':focus'))).toBe(true);
    await person.number.fill('4155550123');
    await person.button('Send code').click();
    await person.code.waitFor();
    await person.button(CORRECT_CODE).click();

    await expectShown(person.page.getByText('+14•••••••23'));
    await expectShown(person.page.getByText('Your phone number was changed.'));
    expect(complaints).toEqual([]);
  });

  it('restarts the change if the first code was for a number that is not its own', async () => {
    await person.signUp('ada', '4155552671');
    sample.clock.advance(60);
    await person.confirmCurrent('4155550199');
    await person.number.fill('4155550123');
    await person.button('Send code').click();
    await person.verify(CORRECT_CODE);

    await expectShown(person.page.getByText('Verify the current number of your account.'));
    expect(await person.page.getByText('Step 1 of 2').isVisible()).toBe(true);
    expect(await person.page.getByText('+14•••••••71').isVisible()).toBe(true);
  });

  it('refuses a number that has another account, and then accepts one that has none', async () => {
    await person.signUp('ada', '4155552671');
    await enter();
    await person.signUp('grace', '4155550123');
    sample.clock.advance(60);
    await person.confirmCurrent('4155550123');
    await person.number.fill('4155552671');
    await person.button('Send code').click();
    await person.verify(CORRECT_CODE);

    await expectShown(person.page.getByText('This number already has an account.'));
    expect(await person.page.getByText('+14•••••••23').isVisible()).toBe(true);
    await person.number.fill('4155550199');
    await person.button('Send code').click();
    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByText('+14•••••••99'));
  });

  it('is closed to every other browser once its number has changed', async () => {
    await person.signUp('ada', '4155552671');
    const elsewhere = await browser.newContext({ storageState: await context.storageState() });
    const other = new SamplePage(await elsewhere.newPage(), sample.origin);
    await other.open('/account');
    expect(other.page.url()).toBe(`${sample.origin}/account`);
    sample.clock.advance(60);
    await person.confirmCurrent('4155552671');
    await person.number.fill('4155550123');
    await person.button('Send code').click();
    await person.verify(CORRECT_CODE);
    await expectShown(person.page.getByText('+14•••••••23'));

    await other.open('/account');
    const reached = other.page.url();
    await elsewhere.close();

    expect(reached).toBe(`${sample.origin}/`);
  });
});
