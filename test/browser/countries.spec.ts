import { describe, expect, it } from 'vitest';
import { expectGone, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

/** Texts of the options that are shown. */
function optionTexts(): Promise<string[]> {
  return test.element.options.evaluateAll((found) =>
    found.map((option) => [...option.children].map((part) => part.textContent).join(' ')),
  );
}

/** The option that a screen reader announces. */
async function activeOption(): Promise<string | null> {
  return test.element.countrySearch.evaluate((search) => {
    const id = search.getAttribute('aria-activedescendant');
    const root = search.getRootNode();
    return id !== null && root instanceof ShadowRoot
      ? (root.getElementById(id)?.firstChild?.textContent ?? null)
      : null;
  });
}

async function openList(attributes = '', language = 'en'): Promise<void> {
  await test.open(attributes, language);
  await test.element.country.click();
  await expectVisible(test.element.options.first());
}

describe('the list of countries', () => {
  it('has every country, and is created when it opens', async () => {
    await test.open();
    expect(await test.element.options.count()).toBe(0);

    await test.element.country.click();

    await expectVisible(test.element.options.first());
    expect(await test.element.options.count()).toBe(245);
    expect((await optionTexts())[0]).toBe('Afghanistan AF +93');
    expect(await activeOption()).toBe('United States');
  });

  it('has those that the page allows, by their names in its language', async () => {
    await openList('countries="GB,DE,FR" language="de"');

    expect(await optionTexts()).toEqual(['Deutschland DE +49', 'Frankreich FR +33', 'Vereinigtes Königreich GB +44']);
  });

  it('begins with those that the page prefers', async () => {
    await openList('preferred-countries="AT, DE" countries="FR,DE,CH,AT"');

    expect(await optionTexts()).toEqual(['Austria AT +43', 'Germany DE +49', 'France FR +33', 'Switzerland CH +41']);
  });

  it('is no list where the page allows one country', async () => {
    await test.open('countries="DE"');

    await expectVisible(test.page.getByText('DE +49'));
    expect(await test.element.country.count()).toBe(0);
  });

  it.each([
    ['UK', 'United Kingdom'],
    ['usa', 'United States'],
    ['Holland', 'Netherlands'],
    ['de', 'Germany'],
    ['+49', 'Germany'],
    ['358', 'Finland'],
    ['cote d’ivoire', 'Côte d’Ivoire'],
    ['turkey', 'Türkiye'],
    ['kingdom', 'United Kingdom'],
  ])('is searched by name, ISO code, calling code and what people call a country: %s', async (text, name) => {
    await openList();

    await test.element.countrySearch.fill(text);

    expect((await optionTexts())[0]).toContain(name);
    expect(await activeOption()).toBe(name);
  });

  it('is searched by English names too', async () => {
    await openList('language="de"');

    await test.element.countrySearch.fill('germany');

    expect(await optionTexts()).toEqual(['Deutschland DE +49']);
  });

  it('announces how many countries a search found', async () => {
    await openList();
    const status = test.page.locator('dialog').getByRole('status');

    await test.element.countrySearch.fill('united');
    expect(await status.textContent()).toBe('3 countries found');
    await test.element.countrySearch.fill('xyz');

    expect(await status.textContent()).toBe('0 countries found');
    expect(await activeOption()).toBeNull();
  });

  it('is operated by the keyboard', async () => {
    const { keyboard } = test.page;
    await test.open('countries="AT,CH,DE,FR"');
    await test.element.country.focus();

    await keyboard.press('ArrowDown');
    await expectVisible(test.element.countrySearch);
    await keyboard.press('ArrowUp');
    expect(await activeOption()).toBe('Switzerland');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    expect(await activeOption()).toBe('France');
    await keyboard.press('PageDown');
    expect(await activeOption()).toBe('Switzerland');
    await keyboard.press('Enter');

    expect(await test.element.country.innerText()).toBe('CH +41');
    expect(await test.element.focused()).toBe('phone_number');
  });

  it('opens with the letter that is typed on its button', async () => {
    await test.open();
    await test.element.country.focus();

    await test.page.keyboard.type('g');
    await expectVisible(test.element.countrySearch);
    await test.page.keyboard.type('erm');

    expect(await test.element.countrySearch.inputValue()).toBe('germ');
    expect(await activeOption()).toBe('Germany');
  });

  it('returns the focus to its button if nothing was selected', async () => {
    await openList();

    await test.page.keyboard.press('Escape');

    await expectGone(test.page.locator('dialog'));
    expect(await test.element.focused()).toBe('US +1');
  });

  it('closes on a click beside it, and on its button', async () => {
    await openList();
    await test.page.mouse.click(5, 5);
    await expectGone(test.page.locator('dialog'));

    await test.element.country.click();
    await test.element.button('Close').click();

    await expectGone(test.page.locator('dialog'));
  });

  it('marks the selected country for screen readers', async () => {
    await openList();

    const selected = test.page.locator('[role=option][aria-selected=true]');

    expect(await selected.evaluateAll((found) => found.map(({ id }) => id))).toEqual(['country-US']);
    expect(await test.element.countrySearch.getAttribute('aria-controls')).toBe('countries');
    expect(await test.element.countrySearch.getAttribute('aria-expanded')).toBe('true');
  });

  it('fills the window of a phone, and is beside its field on larger ones', async () => {
    await test.page.setViewportSize({ width: 375, height: 667 });
    await openList();
    expect(await test.page.locator('dialog').boundingBox()).toEqual({ x: 0, y: 0, width: 375, height: 667 });

    await test.page.setViewportSize({ width: 800, height: 900 });
    const box = await test.page.locator('.box').boundingBox();
    const list = await test.page.locator('dialog').boundingBox();

    expect(list?.x).toBe(box?.x);
    expect(list?.y).toBeGreaterThan((box?.y ?? 0) + (box?.height ?? 0));
    expect((list?.y ?? 0) + (list?.height ?? 0)).toBeLessThanOrEqual(900);
  });

  it('does not stop the element if it cannot be loaded', async () => {
    await test.page.route('**/country-list.js', (route) => route.abort());
    await test.open();

    await test.element.country.click();
    await test.element.send('+44 7400 123456');

    expect(test.served.sandbox.outbox[0]?.to).toBe('+447400123456');
  });
});
