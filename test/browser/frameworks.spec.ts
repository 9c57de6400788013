import { describe, expect, it } from 'vitest';
import { expectVisible } from './support/expectations.js';
import { FRAMEWORKS, openFrameworkPage } from './support/framework-page.js';
import { useElement } from './support/use-element.js';

const test = useElement();

describe.each(FRAMEWORKS)('%s', (framework) => {
  async function open(): Promise<void> {
    await openFrameworkPage(test.page, new URL(test.served.url()).origin, framework);
  }

  it('sets attributes and properties, and receives the events', async () => {
    const { element, page } = test;
    const failures: Error[] = [];
    page.on('pageerror', (error) => failures.push(error));
    await open();

    await element.number.fill('0151 23456789');
    const sent = page.waitForRequest('**/phone/register');
    await element.button('Go').click();
    await expectVisible(page.getByText('sent to +4915123456789'));
    expect((await sent).headers()['x-count']).toBe('0');
    await element.code.fill('000000');
    expect(element.requests).toEqual(['register']);
    await element.button('Verify').click();
    await expectVisible(page.getByText('failed security_code_invalid'));
    await element.code.fill('123456');
    await element.button('Verify').click();

    await expectVisible(page.getByText('verified +4915123456789 string'));
    expect(await page.locator('phone-verify').getAttribute('class')).toBe('wide');
    expect(failures).toEqual([]);
  });

  it('renders again without losing what was typed, and calls its latest functions', async () => {
    const { element, page } = test;
    await open();
    await element.number.fill('0151 23456789');

    await element.button('count 0').click();
    await expectVisible(element.button('count 1'));

    expect(await element.number.inputValue()).toContain('23456789');
    const sent = page.waitForRequest('**/phone/register');
    await element.button('Go').click();
    expect((await sent).headers()['x-count']).toBe('1');
  });

  it('refers to the element itself', async () => {
    const { element } = test;
    await open();
    await element.number.fill('0151 23456789');
    await element.button('Go').click();
    await element.code.waitFor();

    await element.button('reset').click();

    await expectVisible(element.number);
    expect(await element.number.inputValue()).toBe('');
  });
});
