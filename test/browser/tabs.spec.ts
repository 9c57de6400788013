import { describe, expect, it } from 'vitest';
import { CORRECT_CODE } from '../support/requests.js';
import { ElementPage } from './support/element-page.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement({}, { phoneVerify: { limits: { resendAfter: 30 } } });

async function openSecondTab(): Promise<ElementPage> {
  const page = await test.context.newPage();
  await page.goto(test.served.url());
  return new ElementPage(page);
}

describe('a second tab with the number of the first', () => {
  it('continues its session, so that the one message serves both', async () => {
    await test.open();
    await test.element.send('4155552671');
    const second = await openSecondTab();

    await second.send('(415) 555-2671');
    await second.openNoMessage();
    expect(await second.button('Send it again').innerText()).toMatch(/0:(30|2\d)/);
    await second.verify(CORRECT_CODE);

    await expectVisible(second.heading('Phone number verified'));
    expect(test.served.sandbox.outbox).toHaveLength(1);
    expect((await second.events()).at(-1)?.phoneNumber).toBe('+14155552671');
  });

  it('continues it also after the first was reloaded', async () => {
    await test.open();
    await test.element.send('4155552671');
    await test.page.reload();
    await expectVisible(test.element.code);
    const second = await openSecondTab();

    await second.send('4155552671');

    await expectVisible(second.code);
  });

  it('has to wait if the first has discarded its session', async () => {
    await test.open();
    await test.element.send('4155552671');
    await test.page.locator('phone-verify').evaluate((found: HTMLElementTagNameMap['phone-verify']) => found.reset());
    const second = await openSecondTab();

    await second.number.fill('4155552671');
    await second.button('Send code').click();

    await second.waitForOtherTabs();
    await expectAlert(second, 'Too many requests');
  });
});

describe('a second tab with another number', () => {
  it('has a session of its own', async () => {
    await test.open();
    await test.element.send('4155552671');
    const second = await openSecondTab();

    await second.send('4155552672');

    expect(test.served.sandbox.outbox.map(({ to }) => to)).toEqual(['+14155552671', '+14155552672']);
  });
});
