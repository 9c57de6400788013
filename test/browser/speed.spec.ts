import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.js';
import { type ServedPage, startServedPage } from './support/served-page.js';

let browser: Browser;
let served: ServedPage;

beforeAll(async () => {
  browser = await launchBrowser();
  served = await startServedPage();
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

/** What the page `docs/browser.md` says about the space that a page reserves. */
function reservedSpace(): string {
  const text = readFileSync(fileURLToPath(new URL('../../docs/browser.md', import.meta.url)), 'utf8');
  return /```css\n(phone-verify \{[^`]*)```/.exec(text)?.[1] ?? '';
}

describe('the creation of an element', () => {
  it('takes less than 50 ms on a processor that is four times as slow, after that of the first on a page', async () => {
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(served.url());
      await page.waitForFunction('customElements.get("phone-verify")');
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      const time = await page.evaluate(() => {
        const start = performance.now();
        document.body.append(document.createElement('phone-verify'));
        document.body.getBoundingClientRect();
        return performance.now() - start;
      });
      times.push(time);
      await context.close();
    }

    // The best run: others measure what else the machine does.
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('uses nothing of Intl, whose first use takes longer than the rest of the element', async () => {
    const page = await browser.newPage({ locale: 'en-US' });
    await page.addInitScript(() => {
      const used: string[] = [];
      Reflect.set(globalThis, 'used', used);
      for (const name of ['Locale', 'PluralRules', 'DisplayNames', 'NumberFormat', 'Segmenter']) {
        const original: unknown = Reflect.get(Intl, name);
        const spy = new Proxy(original as new () => object, {
          construct: (target, list, type) => {
            used.push(name);
            return Reflect.construct(target, list, type) as object;
          },
        });
        Reflect.set(Intl, name, spy);
      }
    });
    await page.goto(served.url());
    await page.getByLabel('Phone number').waitFor();

    expect(await page.evaluate('globalThis.used')).toEqual([]);
    await page.close();
  });

  it('loads neither the numbering plans nor the list of countries before somebody needs them', async () => {
    const page = await browser.newPage();
    const files: string[] = [];
    page.on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(served.url());
    await page.getByLabel('Phone number').waitFor();
    const before = files.filter((file) => file.startsWith('/client/'));

    const needed = page.waitForRequest('**/numbering-plans.js');
    await page.getByLabel('Phone number').focus();
    await needed;
    await page.close();

    expect(before).toEqual(['/client/index.js']);
    expect(files).toContain('/client/numbering-plans.js');
  });
});

describe('a page that reserves the space of the element', () => {
  it.each([320, 768, 1280])('does not move when the element is registered, at %i px', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 700 } });
    await page.addInitScript((style) => {
      document.addEventListener('DOMContentLoaded', () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(style);
        document.adoptedStyleSheets = [sheet];
        const below = document.createElement('p');
        below.id = 'below';
        below.textContent = 'Below';
        document.querySelector('main')?.append(below);
        Reflect.set(globalThis, 'before', below.getBoundingClientRect().top);
      });
    }, reservedSpace());
    await page.goto(served.url());
    await page.getByLabel('Phone number').waitFor();

    const moved = await page.evaluate(
      () =>
        (document.getElementById('below')?.getBoundingClientRect().top ?? 0) -
        Number(Reflect.get(globalThis, 'before')),
    );
    await page.close();

    expect(moved).toBe(0);
  });
});
