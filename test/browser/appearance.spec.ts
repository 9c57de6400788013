import { describe, expect, it } from 'vitest';
import { takeScreenshot } from './support/screenshots.js';
import { everyState, inEachState } from './support/states.js';
import { useElement } from './support/use-element.js';

/** Minimum size of a touch target, in pixels. */
const TALL_ENOUGH = 44;

const LOOKS = [320, 768, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme, language: 'en' })),
);

const RIGHT_TO_LEFT = (['light', 'dark'] as const).map((colorScheme) => ({ width: 320, colorScheme, language: 'ar' }));

describe.each([...LOOKS, ...RIGHT_TO_LEFT])(
  '$width pixels, $colorScheme, on a page in $language',
  ({ width, colorScheme, language }) => {
    const test = useElement({ colorScheme, viewport: { width, height: 640 }, reducedMotion: 'reduce' });

    it('fits, and is large enough to touch, in every state', async () => {
      const { element, page, served } = test;

      const faults = await inEachState(element, served.url('', language), async (name) => {
        await takeScreenshot(page, `${name}-${width}-${colorScheme}-${language}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        const boxes = await page
          .locator('button, input, [role=option]')
          .evaluateAll((found) => found.map((each) => each.getBoundingClientRect()).filter((box) => box.height > 0));
        const small = boxes.filter((box) => box.height < TALL_ENOUGH || box.width < TALL_ENOUGH).length;
        return { isTooWide: overflow > 0, small };
      });

      expect(faults).toEqual(everyState({ isTooWide: false, small: 0 }));
    }, 120_000);
  },
);

describe('a right-to-left page', () => {
  const test = useElement();

  it('mirrors the element, and leaves numbers as they are', async () => {
    await test.open('', 'he');

    const direction = (found: Element): string => getComputedStyle(found).direction;
    expect(await test.page.locator('[part=heading]').evaluate(direction)).toBe('rtl');
    expect(await test.page.locator('[part~=number]').evaluate(direction)).toBe('ltr');
    await test.page.locator('[part=country]').click();
    expect(await test.page.getByRole('listbox').evaluate(direction)).toBe('rtl');
  });
});

describe('motion', () => {
  const test = useElement();

  async function animation(): Promise<string> {
    await test.open();
    await test.element.hold('register');
    await test.element.number.fill('4155552671');
    await test.element.number.press('Enter');
    const busy = test.page.locator('[data-busy]');
    return busy.evaluate((button) => getComputedStyle(button, '::before').animationName);
  }

  it('shows that a call is pending', async () => {
    expect(await animation()).toBe('turn');
  });

  it('stops if the person prefers reduced motion', async () => {
    await test.page.emulateMedia({ reducedMotion: 'reduce' });

    expect(await animation()).toBe('none');
  });
});
