import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { launchBrowser } from './support/browser.js';
import { takeScreenshot } from './support/screenshots.js';
import { SamplePage, type ServedSample, serveSample } from './support/sample-page.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const LOOKS = [320, 768, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

let browser: Browser;
let sample: ServedSample;

beforeAll(async () => {
  browser = await launchBrowser();
  sample = await serveSample();
});

afterAll(async () => {
  await browser.close();
  await sample.close();
});

async function enter(options: BrowserContextOptions): Promise<SamplePage> {
  await sample.beginAnew();
  // The page's Content-Security-Policy blocks scripts of a test.
  const context = await browser.newContext({ locale: 'en-US', bypassCSP: true, ...options });
  return new SamplePage(await context.newPage(), sample.origin);
}

/** The violations that axe finds, as texts. */
async function violationsOf({ page }: SamplePage): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const { violations }: AxeResults = await page.evaluate('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How many pixels of a page are outside the width of the window. */
async function overflowOf({ page }: SamplePage): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Visits every state of the pages and passes each to a callback. */
async function visit(person: SamplePage, show: (state: string) => Promise<void>): Promise<void> {
  await person.open('/sign-in');
  await person.number.waitFor();
  await show('sign-in');
  await person.open();
  await person.number.waitFor();
  await show('sign-up');
  await person.send('4155552671');
  await show('code');
  await person.verify(WRONG_CODE);
  await person.fault.getByText('4 tries left').waitFor();
  await show('wrong-code');
  await person.username.fill('');
  await person.verify(CORRECT_CODE);
  await person.page.getByText('Choose a user name.').waitFor();
  await show('verified');
  await person.username.fill('ada');
  await person.button('Create account').click();
  await person.page.waitForURL('**/account');
  await show('account');
  await person.button('Change number').click();
  await person.number.waitFor();
  await show('change-number');
  sample.clock.advance(60);
  await person.send('4155552671');
  await show('change-number-code');
  await person.verify(CORRECT_CODE);
  await person.page.getByText('Step 2 of 2').waitFor();
  await show('change-number-new');
}

describe('the appearance of the sample', () => {
  it.each(LOOKS)(
    'is whole and accessible at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const viewport = { width, height: width === 320 ? 640 : 860 };
      const person = await enter({ viewport, colorScheme, reducedMotion: 'reduce' });
      const faults: string[] = [];

      await visit(person, async (state) => {
        await takeScreenshot(person.page, `sample-${state}-${width}-${colorScheme}`, { fullPage: true });
        if ((await overflowOf(person)) > 0) faults.push(`${state}: wider than the window`);
        faults.push(...(await violationsOf(person)).map((violation) => `${state}: ${violation}`));
      });
      await person.page.context().close();

      expect(faults).toEqual([]);
    },
    120_000,
  );

  it('is complete from right to left', async () => {
    const person = await enter({ viewport: { width: 320, height: 640 } });
    await person.page.addInitScript(() => {
      addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl'));
    });
    const tooWide: string[] = [];

    await visit(person, async (state) => {
      await takeScreenshot(person.page, `sample-${state}-320-rtl`, { fullPage: true });
      if ((await overflowOf(person)) > 0) tooWide.push(state);
    });
    await person.page.context().close();

    expect(tooWide).toEqual([]);
  });

  it.each(['no-preference', 'reduce'] as const)('moves when a message arrives: %s', async (reducedMotion) => {
    const person = await enter({ reducedMotion });
    await person.open();
    await person.username.fill('ada');
    await person.number.fill('4155552671');
    const animations = person.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const list = document.getElementById('messages');
          const observer = new MutationObserver(() => resolve(list?.getAnimations({ subtree: true }).length ?? 0));
          if (list !== null) observer.observe(list, { childList: true });
        }),
    );
    await person.button('Send code').click();
    const moving = await animations;
    await person.page.context().close();

    expect(moving > 0).toBe(reducedMotion === 'no-preference');
  });

  it('has no phone if a provider sends', async () => {
    const real = await serveSample({
      PHONE_VERIFY_BACKEND: 'http',
      HTTP_URL: 'https://sms.example.com',
      HTTP_AUTHORIZATION: 'Bearer x',
    });
    const context = await browser.newContext();
    const person = new SamplePage(await context.newPage(), real.origin);
    await person.open();
    await person.number.waitFor();
    const shown = await person.page.locator('.phone').isVisible();
    await context.close();
    await real.close();

    expect(shown).toBe(false);
  });
});
