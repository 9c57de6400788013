import { type Browser, type BrowserContext, launch, type Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ServedPage, startServedPage } from '../support/served-page.js';
import { FIREFOX } from '../../support/firefox.js';
import { CORRECT_CODE, WRONG_CODE } from '../../support/requests.js';

/** Waits at most this long for the page. */
const timeout = 10_000;

let browser: Browser;
let context: BrowserContext;
let page: Page;
let served: ServedPage;

beforeAll(async () => {
  if (FIREFOX === undefined) throw new Error('no Firefox: set TEST_FIREFOX');
  browser = await launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
});

beforeEach(async () => {
  served = await startServedPage({ phoneVerify: { limits: { resendAfter: 30 } } });
  context = await browser.createBrowserContext();
  page = await context.newPage();
});

afterEach(async () => {
  await context.close();
  await served.close();
});

afterAll(() => browser.close());

/** Text of a part of the element; empty where there is none. */
function textOf(part: string, of: Page = page): Promise<string> {
  return of.evaluate(
    (name) => document.querySelector('phone-verify')?.shadowRoot?.querySelector(`[part~="${name}"]`)?.textContent ?? '',
    part,
  );
}

/** Focuses a part of the element, as a click does. */
async function focus(part: string, of: Page = page): Promise<void> {
  const find = (name: string): boolean => {
    const found = document.querySelector('phone-verify')?.shadowRoot?.querySelector<HTMLElement>(`[part~="${name}"]`);
    found?.focus();
    return found !== null && found !== undefined;
  };
  await expect.poll(() => of.evaluate(find, part), { timeout }).toBe(true);
}

/** Types a number and waits for the step of the code. */
async function send(number: string, of: Page = page): Promise<void> {
  await focus('number', of);
  await of.keyboard.type(number);
  await of.keyboard.press('Enter');
  await expect.poll(() => textOf('heading', of), { timeout }).toBe('Enter the code');
}

async function pressWithControl(key: 'c' | 'v'): Promise<void> {
  await page.keyboard.down('Control');
  await page.keyboard.press(key);
  await page.keyboard.up('Control');
}

async function enterCode(code: string): Promise<void> {
  await focus('code');
  await page.keyboard.type(code);
}

describe('the element in Firefox', () => {
  it('verifies a number, and is the value of its form', async () => {
    await page.goto(served.url('name="phone" required'));
    await send('(415) 555-2671');
    await enterCode(CORRECT_CODE);

    await expect.poll(() => textOf('heading'), { timeout }).toBe('Phone number verified');
    const [value, isValid] = await page.evaluate(() => {
      const element = document.querySelector('phone-verify');
      return [element?.value, element?.validity.valid];
    });
    expect(value).toMatch(/^[\w-]{43}$/);
    expect(isValid).toBe(true);
    expect(await served.service.getVerifiedPhone(String(value))).toMatchObject({ phoneNumber: '+14155552671' });
  });

  it('announces the attempts that are left after a wrong code, and keeps the focus', async () => {
    await page.goto(served.url());
    await send('4155552671');
    await enterCode(WRONG_CODE);

    await expect.poll(() => textOf('error'), { timeout }).toContain('4 tries left.');
    const focused = await page.evaluate(() => document.querySelector('phone-verify')?.shadowRoot?.activeElement?.id);
    expect(focused).toBe('code');
  });

  it('takes the code out of a pasted message', async () => {
    await page.goto(served.url());
    await send('4155552671');
    await page.evaluate((text) => {
      const copied = document.body.appendChild(document.createElement('textarea'));
      copied.value = text;
      copied.select();
    }, `Your Acme code is ${CORRECT_CODE}.`);
    await pressWithControl('c');
    await focus('code');
    await pressWithControl('v');

    await expect.poll(() => textOf('heading'), { timeout }).toBe('Phone number verified');
  });

  it('selects a country by the keyboard', async () => {
    await page.goto(served.url());
    await focus('country');
    await page.keyboard.press('ArrowDown');
    const search = (): Promise<string | undefined> =>
      page.evaluate(
        () => document.querySelector('phone-verify')?.shadowRoot?.activeElement?.getAttribute('role') ?? '',
      );
    await expect.poll(search, { timeout }).toBe('combobox');
    await page.keyboard.type('germ');
    await page.keyboard.press('Enter');

    await expect.poll(() => textOf('country'), { timeout }).toBe('DE +49');
  });

  it('continues after a reload, and in a second tab', async () => {
    await page.goto(served.url());
    await send('4155552671');
    await page.reload();
    await expect.poll(() => textOf('heading'), { timeout }).toBe('Enter the code');

    const second = await context.newPage();
    await second.goto(served.url());
    await send('4155552671', second);

    expect(served.sandbox.outbox).toHaveLength(1);
  });

  it('speaks the language of the page, from right to left where that is its direction', async () => {
    await page.goto(served.url('', 'ar'));
    const direction = (): Promise<string | undefined> =>
      page.evaluate(
        () => document.querySelector('phone-verify')?.shadowRoot?.querySelector<HTMLElement>('[part="card"]')?.dir,
      );

    await expect.poll(direction, { timeout }).toBe('rtl');
    expect(await textOf('heading')).toMatch(/\p{Script=Arabic}/u);
  });

  it.each([220, 320, 1280])('is not wider than a page of %i px', async (width) => {
    await page.setViewport({ width, height: 700 });
    await page.goto(served.url());
    await send('4155552671');

    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
