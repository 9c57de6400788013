import type { Locator } from 'playwright-core';
import type { ElementPage } from './element-page.js';

const SENT = { session_token: 'x', expires_in: 600, resend_in: 30, code_length: 6, code_format: 'numeric' };

/** A part of the element, in every language. */
function part({ page }: ElementPage, name: string): Locator {
  return page.locator(`[part~='${name}']`);
}

async function waitForEnd({ page }: ElementPage): Promise<void> {
  await page.locator("[role=alert] [part='heading']").waitFor();
}

async function sendCode(element: ElementPage): Promise<void> {
  await part(element, 'number').fill('4155552671');
  await part(element, 'number').press('Enter');
}

async function enterCodeStep(element: ElementPage, extra: object = {}): Promise<void> {
  await element.respondWith('register', 200, { ...SENT, ...extra });
  await sendCode(element);
  await part(element, 'code').waitFor();
}

async function checkCode(element: ElementPage): Promise<void> {
  await part(element, 'code').fill('123456');
}

/** Every state of the element, and how to reach it with responses of the test. */
const STATES: Readonly<Record<string, (element: ElementPage) => Promise<void>>> = {
  number: (element) => part(element, 'number').waitFor(),
  'number-typed': async (element) => {
    await part(element, 'number').focus();
    await part(element, 'number').pressSequentially('+4915123456789');
  },
  countries: async (element) => {
    await part(element, 'country').click();
    await element.options.first().waitFor();
  },
  'countries-found': async (element) => {
    await part(element, 'country').click();
    await part(element, 'country-search').pressSequentially('united');
  },
  sending: async (element) => {
    await element.hold('register');
    await sendCode(element);
    await element.page.locator('[data-busy]').waitFor();
  },
  'number-invalid': async (element) => {
    await element.fail('register', 400, 'phone_number_invalid');
    await sendCode(element);
    await element.alerted(/./);
  },
  'number-limited': async (element) => {
    await element.fail('register', 429, 'rate_limited', { retry_after: 75 });
    await sendCode(element);
    await element.waitForOtherTabs();
    await element.alerted(/./);
  },
  'number-refused': async (element) => {
    await element.fail('register', 429, 'rate_limited');
    await sendCode(element);
    await element.alerted(/./);
  },
  'not-sent': async (element) => {
    await element.fail('register', 502, 'sms_delivery_failed', { ...SENT, resend_in: 0 });
    await sendCode(element);
    await element.alerted(/./);
  },
  code: enterCodeStep,
  'code-typed': async (element) => {
    await enterCodeStep(element);
    await part(element, 'code').pressSequentially('1234');
  },
  'code-expiring': async (element) => {
    await enterCodeStep(element, { expires_in: 61 });
    await element.page.clock.runFor(2000);
    await element.announced(/./);
  },
  'code-of-letters': async (element) => {
    await enterCodeStep(element, { code_format: 'text', code_length: 8 });
    await part(element, 'code').pressSequentially('K7QP-2');
  },
  'code-long': (element) => enterCodeStep(element, { code_length: 32 }),
  checking: async (element) => {
    await enterCodeStep(element);
    await element.hold('verify');
    await checkCode(element);
    await element.page.locator('[data-busy]').waitFor();
  },
  'code-wrong': async (element) => {
    await enterCodeStep(element);
    await element.fail('verify', 400, 'security_code_invalid', { attempts_left: 4 });
    await checkCode(element);
    await element.alerted(/./);
  },
  locked: async (element) => {
    await enterCodeStep(element);
    await element.fail('verify', 400, 'security_code_too_many_attempts');
    await checkCode(element);
    await waitForEnd(element);
  },
  expired: async (element) => {
    await enterCodeStep(element);
    await element.fail('verify', 400, 'security_code_expired');
    await checkCode(element);
    await waitForEnd(element);
  },
  used: async (element) => {
    await enterCodeStep(element, { resend_in: 0 });
    await element.fail('verify', 400, 'security_code_verified');
    await checkCode(element);
    await waitForEnd(element);
  },
  'no-message': async (element) => {
    await enterCodeStep(element);
    await part(element, 'no-message').click();
  },
  resent: async (element) => {
    await enterCodeStep(element, { resend_in: 0 });
    await part(element, 'no-message').click();
    await element.respondWith('resend', 200, SENT);
    await part(element, 'resend').click();
    await part(element, 'resend').locator('.timer').filter({ hasText: /./ }).waitFor();
  },
  disabled: async (element) => {
    await element.page.locator('phone-verify').evaluate((found) => found.toggleAttribute('disabled', true));
    await element.page.locator('input:disabled').waitFor();
  },
  done: async (element) => {
    await enterCodeStep(element);
    await element.respondWith('verify', 200, { phone_number: '+14155552671', verification_token: 'y' });
    await checkCode(element);
    await element.page.locator('.done').waitFor();
  },
};

/** Brings the element on a page into each of its states, and collects what a function returns for each. */
export async function inEachState<Finding>(
  element: ElementPage,
  url: string,
  inspect: (name: string) => Promise<Finding>,
): Promise<Record<string, Finding>> {
  const { page } = element;
  const findings: Record<string, Finding> = {};
  await page.addInitScript(() => sessionStorage.clear());
  for (const [name, enter] of Object.entries(STATES)) {
    await page.goto(url);
    await enter(element);
    findings[name] = await inspect(name);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
  return findings;
}

/** The same finding for every state. */
export function everyState<Finding>(finding: Finding): Record<string, Finding> {
  return Object.fromEntries(Object.keys(STATES).map((name) => [name, finding]));
}
