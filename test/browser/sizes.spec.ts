import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { takeScreenshot } from './support/screenshots.js';
import { everyState, inEachState } from './support/states.js';
import { useElement } from './support/use-element.js';

/** Texts that are cut off, or outside of their card or window. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('phone-verify')?.shadowRoot;
    const inDialog = root?.querySelector('dialog') ?? null;
    const frame = (inDialog ?? root?.querySelector('.card'))?.getBoundingClientRect();
    const parts = [
      ...((inDialog ?? root)?.querySelectorAll<HTMLElement>('h2, p, span, button, input, label, bdi') ?? []),
    ];
    return parts
      .filter((part) => part.checkVisibility() && !part.closest('.unseen, .code > input, dialog ul'))
      .filter((part) => {
        const box = part.getBoundingClientRect();
        const isOutside = frame !== undefined && (box.left < frame.left - 1 || box.right > frame.right + 1);
        const isCut =
          part.matches('span, button, p, h2, #number') &&
          part.scrollWidth > part.clientWidth + 3 &&
          part.clientWidth > 0;
        return box.width > 0 && (isOutside || isCut);
      })
      .map((part) => `${part.localName} ${part.getAttribute('part') ?? ''}: ${part.textContent}`);
  });
}

/** Makes the texts of a page larger, as its reader does in the browser. */
async function enlargeTexts(page: Page, percent: number): Promise<void> {
  await page.addInitScript((size) => {
    document.addEventListener('DOMContentLoaded', () => {
      document.documentElement.style.fontSize = `${size}%`;
    });
  }, percent);
}

describe.each([
  { width: 375, percent: 200, language: 'en' },
  { width: 320, percent: 200, language: 'en' },
  { width: 320, percent: 100, language: 'de' },
])('at $width px with texts of $percent %, on a page in $language', ({ width, percent, language }) => {
  const test = useElement({ viewport: { width, height: 667 }, reducedMotion: 'reduce' });

  it('no text is cut off in any state', async () => {
    const { element, page, served } = test;
    await enlargeTexts(page, percent);
    const findings = await inEachState(element, served.url('', language), async (name) => {
      await takeScreenshot(page, `${name}-${width}-texts-${percent}-${language}`);
      return cutTexts(page);
    });

    expect(findings).toEqual(everyState([]));
  }, 180_000);
});

describe('in a container of 220 px', () => {
  const test = useElement({ viewport: { width: 800, height: 700 }, reducedMotion: 'reduce' });

  it('no text is cut off in any state', async () => {
    const { element, page, served } = test;
    await page.addInitScript(() => {
      document.addEventListener('DOMContentLoaded', () => {
        document.querySelector('main')?.style.setProperty('inline-size', '220px');
      });
    });
    const findings = await inEachState(element, served.url(), async (name) => {
      await takeScreenshot(page, `${name}-container-220`);
      return cutTexts(page);
    });

    expect(findings).toEqual(everyState([]));
  }, 180_000);

  it('all six digits of a code are visible', async () => {
    const { element, page } = test;
    await page.addInitScript(() => {
      document.addEventListener('DOMContentLoaded', () => {
        document.querySelector('main')?.style.setProperty('inline-size', '220px');
      });
    });
    await test.open('auto-submit="off"');
    await element.send('4155552671');
    await element.code.fill('123456');

    const slots = await page.locator('[part=slot]').evaluateAll((found) =>
      found.map((slot) => {
        const range = document.createRange();
        range.selectNodeContents(slot);
        const [text, box] = [range.getBoundingClientRect(), slot.getBoundingClientRect()];
        return (
          text.width > 0 &&
          text.left >= box.left &&
          text.right <= box.right &&
          text.top >= box.top &&
          text.bottom <= box.bottom
        );
      }),
    );

    expect(slots).toEqual(Array.from({ length: 6 }, () => true));
  });
});

describe('with forced colours', () => {
  const test = useElement({ forcedColors: 'active', reducedMotion: 'reduce' });

  it('a disabled button looks different from an enabled one, in every state', async () => {
    const { element, page, served } = test;
    const isAsDisabledLooks = await inEachState(element, served.url(), async (name) => {
      await takeScreenshot(page, `${name}-forced-colours`);
      return page.locator('button').evaluateAll((found) => {
        const probe = document.createElement('span');
        document.body.append(probe);
        probe.style.color = 'GrayText';
        const gray = getComputedStyle(probe).color;
        probe.remove();
        return found
          .filter((button) => button.checkVisibility())
          .filter((button) => {
            const isDisabled = button.matches('[aria-disabled=true]:not([data-busy]), :disabled');
            return (getComputedStyle(button).color === gray) !== isDisabled;
          })
          .map(({ textContent }) => textContent);
      });
    });

    expect(isAsDisabledLooks).toEqual(everyState([]));
  }, 180_000);

  it('the caret, the selected country and the focus can be seen', async () => {
    const { element, page } = test;
    await test.open();
    await element.country.click();
    const active = page.locator('[role=option][data-active]');
    expect(await active.evaluate((found) => getComputedStyle(found).outlineStyle)).toBe('solid');
    await page.keyboard.press('Escape');
    await element.send('4155552671');

    const caret = page.locator('[data-caret]');
    expect(await caret.evaluate((found) => getComputedStyle(found).outlineStyle)).toBe('solid');
    expect(await caret.evaluate((found) => getComputedStyle(found, '::after').backgroundColor)).not.toContain('rgba');
  });
});

describe('the busy button', () => {
  const test = useElement();

  it('keeps its colours, also under the pointer', async () => {
    await test.open();
    await test.element.hold('register');
    await test.element.number.fill('4155552671');
    const button = test.element.button('Send code');
    const look = (): Promise<string[]> =>
      button.evaluate((found) => {
        const { backgroundColor, color, filter, opacity } = getComputedStyle(found);
        return [backgroundColor, color, filter, opacity];
      });
    const before = await look();

    await button.click();
    await test.element.announced('Sending…');
    await test.pass(1);
    const during = await look();

    expect(during).toEqual([before[0], before[1], 'none', '1']);
  });
});

describe('between the steps', () => {
  const test = useElement({ viewport: { width: 800, height: 700 } });

  it('the heading stays where it is, and an error moves nothing', async () => {
    const { element, page } = test;
    await test.open();
    const topOf = (selector: string): Promise<number> =>
      page
        .locator(selector)
        .first()
        .evaluate((found) => found.getBoundingClientRect().top);
    await element.number.waitFor();
    const [heading, button] = [await topOf('h2'), await topOf('[part=button]')];
    await element.number.fill('123');
    await element.button('Send code').click();
    await element.alerted('Enter a valid phone number.');
    expect(await topOf('[part=button]')).toBe(button);

    await element.send('4155552671');

    expect(await topOf('h2')).toBe(heading);
    await element.verify('000000');
    await element.alerted('4 tries left.');
    expect(await topOf('h2')).toBe(heading);
    await element.verify('123456');
    await element.heading('Phone number verified').waitFor();
    expect(await topOf('h2')).toBe(heading);
  });

  it('an error outside of the window scrolls into view', async () => {
    const { element, page } = test;
    await page.setViewportSize({ width: 320, height: 260 });
    await test.open();
    await element.number.fill('123');

    await element.button('Send code').click();
    await element.alerted('Enter a valid phone number.');

    const box = await element.alert.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(260);
  });
});
