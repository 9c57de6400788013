import { describe, expect, it } from 'vitest';
import { CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { expectAlert, expectVisible } from './support/expectations.js';
import { useElement } from './support/use-element.js';

const test = useElement();

type Found = HTMLElementTagNameMap['phone-verify'];

describe('a reload between the steps', () => {
  it('continues the same session and its countdown', async () => {
    const { element, page } = test;
    await element.change('register', { resend_in: 30 });
    await test.open();
    await element.send('4155552671');
    await test.pass(10);

    await page.reload();
    await expectVisible(page.getByText('+1 415 555 2671').first());
    await element.openNoMessage();
    expect(await element.button('Send it again').innerText()).toContain('0:20');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect(element.requests).toEqual(['register', 'verify']);
  });

  it('does not move the focus of the page', async () => {
    await test.open();
    await test.element.send('4155552671');

    await test.page.reload();
    await expectVisible(test.element.code);

    expect(await test.element.focused()).toBe('');
  });

  it('restores no code', async () => {
    await test.open();
    await test.element.send('4155552671');
    await test.element.verify(WRONG_CODE);
    await expectAlert(test.element, '4 tries left.');

    const kept = await test.page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));

    expect(kept).toContain('+14155552671');
    expect(kept).not.toContain(WRONG_CODE);
  });

  it('starts over if the session has expired, and after the last step', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');
    await test.pass(601);
    await page.reload();
    await element.send('4155552671');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    await page.reload();

    await expectVisible(element.number);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('keeps the number after a message that was not sent, and resends', async () => {
    const { element, page } = test;
    await test.open();
    const sent = { session_token: 'x', expires_in: 600, resend_in: 0, code_length: 6 };
    await element.fail('register', 502, 'sms_delivery_failed', sent);
    await element.number.fill('4155552671');
    await element.button('Send code').click();
    await expectAlert(element, 'could not be sent');

    await page.reload();
    expect(await element.number.inputValue()).toBe('+14155552671');
    await element.respondWith('resend', 200, sent);
    await element.button('Send code').click();
    await expectVisible(element.code);

    expect(element.requests).toEqual(['register', 'resend']);
  });

  it('works where the browser blocks storage', async () => {
    await test.page.addInitScript(() => {
      Object.defineProperty(globalThis, 'sessionStorage', {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
    });
    await test.open();
    await test.element.send('4155552671');

    await test.element.verify(CORRECT_CODE);

    await expectVisible(test.element.heading('Phone number verified'));
  });
});

describe('a page that comes back from the cache of the browser', () => {
  /** Changes the stored session as another page of the tab does, and shows this page again. */
  async function comeBack(change: { readonly phoneNumber: string } | null): Promise<void> {
    await test.page.evaluate((changed) => {
      const [key = ''] = Object.keys(sessionStorage);
      const stored: object = JSON.parse(sessionStorage.getItem(key) ?? '{}');
      if (changed === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify({ ...stored, ...changed }));
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    }, change);
  }

  it('shows the number of the session that another page has opened', async () => {
    await test.open();
    await test.element.send('4155552671');

    await comeBack({ phoneNumber: '+447400123456' });

    await expectVisible(test.page.getByText('+44 7400 123456').first());
    await expectVisible(test.element.code);
  });

  it('asks for a number if another page has ended the session, and does not call it expired', async () => {
    await test.open();
    await test.element.send('4155552671');

    await comeBack(null);

    await expectVisible(test.element.number);
  });

  it('says that the code has expired if it has', async () => {
    await test.open();
    await test.element.send('4155552671');

    await test.page.clock.fastForward(601_000);

    await expectVisible(test.element.heading('The code has expired'));
  });
});

describe('an element that is removed for a while', () => {
  it('says when it is back that the code has expired', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');

    await page.locator('phone-verify').evaluate((found: Found) => {
      Reflect.set(globalThis, 'removed', found);
      found.remove();
    });
    await test.pass(601);
    await page.evaluate('document.querySelector("main").append(removed)');

    await expectVisible(element.heading('The code has expired'));
  });
});

describe('a clock that jumps forward, because it is set or the computer slept', () => {
  it('ends no session, and the element does not claim to know how long the code is valid', async () => {
    const { element, page, served } = test;
    await test.open();
    await element.send('4155552671');
    await expectVisible(page.getByText('The code expires in 10 minutes.'));

    await page.clock.setSystemTime(served.clock.now() + 3_600_000);
    await page.clock.runFor(1000);

    await expectVisible(element.code);
    expect(await page.getByText('The code expires in').count()).toBe(0);
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));
  });
});

describe('a change of the number', () => {
  it('returns to what was typed, and opens another session', async () => {
    const { element, served } = test;
    await test.open();
    await element.send('415 555 2671');

    await element.openNoMessage();
    await element.button('Change number').click();
    expect(await element.number.inputValue()).toBe('(415) 555-2671');
    expect(await element.focused()).toBe('phone_number');
    await element.selectCountry('GB');
    await element.send('7400 123456');
    await element.verify(CORRECT_CODE);
    await expectVisible(element.heading('Phone number verified'));

    expect(served.sandbox.outbox.map(({ to }) => to)).toEqual(['+14155552671', '+447400123456']);
    expect((await element.events()).at(-1)?.phoneNumber).toBe('+447400123456');
  });

  it('sends nothing for the same number while a resend is not allowed', async () => {
    const { element, page } = test;
    await element.change('register', { resend_in: 30 });
    await test.open();
    await element.send('4155552671');

    await element.openNoMessage();
    await element.button('Change number').click();
    await page.locator('phone-verify').evaluate((found: Found) => {
      found.beforeSend = () => Promise.reject(new Error('nothing is sent'));
    });
    await element.send('4155552671');

    expect(element.requests).toEqual(['register']);
    expect((await element.events()).map(({ type }) => type)).toEqual(['sent']);
    await element.openNoMessage();
    expect(await element.button('Send it again').innerText()).toContain('0:30');
  });

  it('keeps a number that was filled in when the texts change', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');
    await page.reload();
    await test.pass(601);
    await element.heading('The code has expired').waitFor();
    await element.button('Change number').click();
    await expect.poll(() => element.number.inputValue()).toBe('+1 415 555 2671');

    await page.locator('phone-verify').evaluate((found: Found) => {
      found.texts = { send: 'Go' };
    });

    await expectVisible(element.button('Go'));
    await expect.poll(() => element.number.inputValue()).toBe('+1 415 555 2671');
  });

  it('is not undone by new texts', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');
    await element.openNoMessage();
    await element.button('Change number').click();
    await element.number.fill('4155552672');

    await page.locator('phone-verify').evaluate((found: Found) => {
      found.texts = { send: 'Go' };
    });

    await expectVisible(element.button('Go'));
    expect(await element.number.inputValue()).toBe('(415) 555-2672');
  });

  it('is not possible while a code is checked, so that no verification is lost', async () => {
    const { element } = test;
    await test.open();
    await element.send('4155552671');
    await element.openNoMessage();
    const release = await element.hold('verify');
    await element.verify(CORRECT_CODE);
    const change = element.button('Change number');
    expect(await change.getAttribute('aria-disabled')).toBe('true');

    await change.click({ force: true });
    release();

    await expectVisible(element.heading('Phone number verified'));
    expect((await element.events()).map(({ type }) => type)).toEqual(['sent', 'verified']);
  });

  it('still has the number after a reload', async () => {
    await test.open();
    await test.element.send('4155552671');
    await test.page.reload();

    await test.element.openNoMessage();
    await test.element.button('Change number').click();

    await expect.poll(() => test.element.number.inputValue()).toBe('+1 415 555 2671');
  });
});

describe('reset()', () => {
  it('removes the number and the session', async () => {
    const { element, page } = test;
    await test.open();
    await element.send('4155552671');

    await page.locator('phone-verify').evaluate((found: HTMLElementTagNameMap['phone-verify']) => found.reset());

    expect(await element.number.inputValue()).toBe('');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.reload();
    await expectVisible(element.number);
  });
});
