import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NUMBER, RIGHT_CODE } from '../support/requests.js';
import { launchBrowser } from './support/browser.js';
import { ElementPage } from './support/element-page.js';
import { type ServedPage, startServedPage } from './support/served-page.js';

let browser: Browser;
let served: ServedPage;
let page: Page;
let element: ElementPage;

beforeAll(async () => {
  browser = await launchBrowser();
});

beforeEach(async () => {
  served = await startServedPage();
  page = await browser.newPage({ locale: 'en-US' });
  element = new ElementPage(page);
});

afterEach(async () => {
  await page.close();
  await served.close();
});

afterAll(() => browser.close());

describe('a number is verified', () => {
  it('with a number of the country that the browser speaks of', async () => {
    await page.goto(served.url());

    await element.send('(415) 555-2671');
    await element.verify(RIGHT_CODE);
    await element.heading('Phone number verified').waitFor();

    const [sent, verified] = await element.heard();
    expect(sent).toEqual({ type: 'sent', phoneNumber: NUMBER });
    expect(verified).toMatchObject({ type: 'verified', phoneNumber: NUMBER });
    await expect(served.service.getVerifiedPhone(verified?.verificationToken ?? '')).resolves.toMatchObject({
      phoneNumber: NUMBER,
    });
  });
});
