import { describe, expect, it } from 'vitest';
import { LOCALES } from '../../lib/client/element/languages.js';
import { expectAlert, expectGone, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

type Found = HTMLElementTagNameMap['phone-verify'];

/** Paths of the files of languages that the page requested. */
function loadedLanguages(): string[] {
  const files: string[] = [];
  test.page.on('request', (request) => {
    const [, file] = /\/locales\/(.+)\.js$/.exec(request.url()) ?? [];
    if (file !== undefined) files.push(file);
  });
  return files;
}

/** Records every heading that the element shows, from the next page on. */
async function watchHeadings(): Promise<void> {
  await test.page.addInitScript(() => {
    const headings: (string | null)[] = [];
    Reflect.set(globalThis, 'headings', headings);
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function attachAndWatch(init) {
      const root = attach.call(this, init);
      new MutationObserver(() => headings.push(root.querySelector('h2')?.textContent ?? null)).observe(root, {
        childList: true,
        subtree: true,
      });
      return root;
    };
  });
}

async function shownHeadings(): Promise<string[]> {
  const headings = await test.page.evaluate<(string | null)[]>('headings');
  return [...new Set(headings.filter((heading) => heading !== null))];
}

describe('the language of the texts', () => {
  it('is that of the page, in one file that is loaded for it', async () => {
    const { element } = test;
    const loaded = loadedLanguages();

    await test.open('', 'de-AT');

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    expect(loaded).toEqual(['de']);
    await element.page.getByLabel('Telefonnummer').fill('+14155552671');
    await element.button('Code senden').click();
    await element.page.getByLabel('Code', { exact: true }).fill('000000');
    await expectAlert(element, 'Der Code ist falsch. Noch 4 Versuche.');
  });

  it('is each one that there is, in its direction, within 320 pixels', async () => {
    const { page, element } = test;
    await page.setViewportSize({ width: 320, height: 568 });
    await test.open('', 'en');
    for (const [tag, load] of Object.entries(LOCALES)) {
      const { default: locale } = await load();

      await page.evaluate((language) => {
        document.documentElement.lang = language;
      }, tag);

      await element.heading(locale.numberHeading).waitFor();
      const card = page.locator('phone-verify [part=card]');
      expect(await card.getAttribute('lang')).toBe(locale.language);
      expect(await card.getAttribute('dir')).toBe(['ar', 'fa', 'he', 'ur'].includes(tag) ? 'rtl' : 'ltr');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    }
  });

  it('is English without a further file where the page is in English', async () => {
    const loaded = loadedLanguages();

    await test.open('', 'en-GB');

    await expectVisible(test.element.heading('Verify your phone number'));
    expect(loaded).toEqual([]);
  });

  it('is English, marked as such and written from left to right, where there are no texts in that of the page', async () => {
    await test.open('', 'yi');

    await expectVisible(test.element.heading('Verify your phone number'));
    const card = test.page.locator('phone-verify [part=card]');
    expect(await card.getAttribute('lang')).toBe('en');
    expect(await card.getAttribute('dir')).toBe('ltr');
  });

  it('is English where its file cannot be loaded', async () => {
    await test.page.route('**/locales/*', (route) => route.abort());

    await test.open('', 'de');

    await expectVisible(test.element.heading('Verify your phone number'));
  });

  it('is that of the attribute, also within a page in another language', async () => {
    await test.open('language="de"', 'en');

    await expectVisible(test.element.heading('Telefonnummer bestätigen'));
  });

  it('follows the page, without losing what was typed', async () => {
    const { element, page } = test;
    await test.open('', 'en');
    await element.number.fill('4155552671');

    await page.evaluate(() => {
      document.documentElement.lang = 'de';
    });

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    expect((await page.getByLabel('Telefonnummer').inputValue()).replace(/\D/g, '')).toBe('4155552671');
  });

  it('is that of the nearest element with a language, outside a shadow tree too', async () => {
    await test.open('', 'en');

    await test.page.evaluate(() => {
      const outer = document.createElement('div');
      outer.lang = 'de';
      document.querySelector('main')?.append(outer);
      outer.attachShadow({ mode: 'open' }).append(document.createElement('phone-verify'));
    });

    await expectVisible(test.element.heading('Telefonnummer bestätigen'));
  });

  it('can be one that the application has loaded, and no other is loaded then', async () => {
    const loaded = loadedLanguages();
    await test.page.addInitScript(() => {
      document.addEventListener('readystatechange', () => {
        const found = document.querySelector('phone-verify');
        if (document.readyState !== 'interactive' || found === null) return;
        Reflect.set(found, 'texts', { language: 'fr', numberHeading: 'Vérifiez votre numéro', errors: {} });
      });
    });

    await test.open('', 'de');

    await expectVisible(test.element.heading('Vérifiez votre numéro'));
    expect(loaded).toEqual([]);
  });

  it("gives way to the application's own texts", async () => {
    await test.open('', 'de');
    await test.page.locator('phone-verify').evaluate((found: Found) => {
      found.texts = { send: 'Los' };
    });

    await expectVisible(test.element.button('Los'));
    await expectVisible(test.element.heading('Telefonnummer bestätigen'));
  });

  it('is never English while the texts of the page are loaded, whatever attributes the element has', async () => {
    const { element } = test;
    await watchHeadings();

    await test.open('default-country="DE" countries="DE,AT" required', 'de');

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    expect(await shownHeadings()).toEqual(['Telefonnummer bestätigen']);
  });

  it('is never English when another language is wanted before the first is here', async () => {
    const { page, element } = test;
    await watchHeadings();
    const released = new Map<string, () => void>();
    for (const language of ['de', 'fr']) {
      await page.route(`**/locales/${language}.js`, async (route) => {
        await new Promise<void>((resolve) => {
          released.set(language, resolve);
        });
        await route.fallback();
      });
    }
    await test.open('', 'de');
    await expect.poll(() => released.has('de')).toBe(true);
    await page.evaluate(() => {
      document.documentElement.lang = 'fr';
    });
    await expect.poll(() => released.has('fr')).toBe(true);

    const german = page.waitForResponse('**/locales/de.js');
    released.get('de')?.();
    await german;
    await test.pass(1);
    released.get('fr')?.();

    await expectVisible(element.heading('Vérifiez votre numéro de téléphone'));
    expect(await shownHeadings()).toEqual(['Vérifiez votre numéro de téléphone']);
  });

  it('is rendered once, however many attributes the element has', async () => {
    const { page, element } = test;
    await page.addInitScript(() => {
      let count = 0;
      const replace = Element.prototype.replaceChildren;
      Element.prototype.replaceChildren = function replaceAndCount(...nodes) {
        if (this.localName === 'fieldset') count += 1;
        Reflect.set(globalThis, 'count', count);
        replace.apply(this, nodes);
      };
    });

    await test.open('base-url="/phone" default-country="DE" countries="DE,AT" required', 'en');
    await expectVisible(element.number);

    expect(await page.evaluate('count')).toBe(1);
  });

  it('is English after three seconds, until the texts are here after all', async () => {
    const { page, element } = test;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const requested = page.waitForRequest('**/languages.js');
    await page.route('**/languages.js', async (route) => {
      await released;
      await route.fallback();
    });
    await test.open('required', 'de');
    await requested;
    await test.pass(2);
    expect(await element.number.count()).toBe(0);
    expect(await page.locator('phone-verify').evaluate((found: Found) => found.checkValidity())).toBe(false);

    await test.pass(1);
    await expectVisible(element.heading('Verify your phone number'));
    await element.number.fill('4155552671');
    release();

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    await page.keyboard.press('Backspace');
    await page.keyboard.type('2');
    expect((await page.getByLabel('Telefonnummer').inputValue()).replace(/\D/g, '')).toBe('4155552672');
  });

  it('follows a change without moving the focus or losing the country that was chosen', async () => {
    const { page, element } = test;
    await test.open('', 'en');
    await element.selectCountry('FR');
    await element.country.focus();

    await page.evaluate(() => {
      document.documentElement.lang = 'de';
    });
    await expectVisible(element.heading('Telefonnummer bestätigen'));

    expect(await element.country.innerText()).toBe('FR +33');
    expect(await element.focused()).toBe('FR +33');
  });

  it('follows a change while a list of countries is open, once it is closed', async () => {
    const { page, element } = test;
    await test.open('', 'en');
    await element.country.click();
    await element.options.first().waitFor();

    const loaded = page.waitForResponse('**/locales/de.js');
    await page.evaluate(() => {
      document.documentElement.lang = 'de';
    });
    await loaded;
    await test.pass(1);
    expect(await element.options.count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    // The list is removed by an event that follows the key.
    await expectGone(page.locator('dialog'));
    await test.pass(1);

    await expectVisible(element.heading('Telefonnummer bestätigen'));
  });

  it('follows a change while the element was removed', async () => {
    const { page, element } = test;
    await test.open('', 'en');
    await expectVisible(element.number);

    await page.locator('phone-verify').evaluate(async (found: Found) => {
      const { parentElement } = found;
      found.remove();
      document.documentElement.lang = 'de';
      found.countries = 'AT';
      await Promise.resolve();
      parentElement?.append(found);
    });

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    await expectVisible(page.getByText('AT +43'));
  });

  it('is loaded for nobody where the application sets its texts right after it inserts the element', async () => {
    const { page, element } = test;
    await test.open('', 'en');
    await expectVisible(element.number);
    const loaded = loadedLanguages();

    await page.evaluate(() => {
      document.documentElement.lang = 'de';
      const added = document.createElement('phone-verify');
      document.querySelector('phone-verify')?.replaceWith(added);
      Reflect.set(added, 'texts', { language: 'fr', numberHeading: 'Vérifiez votre numéro', errors: {} });
    });

    await expectVisible(element.heading('Vérifiez votre numéro'));
    expect(loaded).toEqual([]);
  });

  it('follows a change during a call, with the error of the call', async () => {
    const { page, element } = test;
    await test.open('', 'en');
    await element.number.fill('4155552671');
    await element.fail('register', 429, 'rate_limited', { retry_after: 90 });
    const release = await element.hold('register');
    await element.button('Send code').click();
    await element.announced('Sending…');

    const loaded = page.waitForRequest('**/locales/de.js');
    await page.evaluate(() => {
      document.documentElement.lang = 'de';
    });
    await loaded;
    release();
    await element.waitForOtherTabs();
    await test.pass(1);

    await expectVisible(element.heading('Telefonnummer bestätigen'));
    await expectAlert(element, 'Zu viele Anfragen');
    expect(await element.button('Code senden').innerText()).toMatch(/1:\d\d/);
  });

  it.each([
    ['zh-cmn-Hans', '德国'],
    ['zh-yue-HK', '德國'],
    ['pt-PT-ao90', 'Alemanha'],
  ])('can have a tag that only HTML accepts: %s', async (language, germany) => {
    const { page } = test;
    await test.open('default-country="DE"', language);
    const country = page.locator('[part=country]');
    await country.click();

    await expectVisible(page.getByRole('option', { name: germany }));
  });
});
