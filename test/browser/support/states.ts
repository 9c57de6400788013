import type { ElementPage } from './element-page.js';

const SENT = { session_token: 'x', expires_in: 600, resend_in: 30, code_length: 6 };

async function sendCode(element: ElementPage): Promise<void> {
  await element.number.fill('4155552671');
  await element.number.press('Enter');
}

async function enterCodeStep(element: ElementPage, extra: object = {}): Promise<void> {
  await element.respondWith('register', 200, { ...SENT, ...extra });
  await sendCode(element);
  await element.code.waitFor();
}

async function checkCode(element: ElementPage): Promise<void> {
  await element.code.fill('123456');
}

/** Every state of the element, and how to reach it with responses of the test. */
const STATES: Readonly<Record<string, (element: ElementPage) => Promise<void>>> = {
  number: (element) => element.number.waitFor(),
  'number-typed': async (element) => {
    await element.number.focus();
    await element.number.pressSequentially('+4915123456789');
  },
  countries: async (element) => {
    await element.country.click();
    await element.options.first().waitFor();
  },
  'countries-found': async (element) => {
    await element.country.click();
    await element.countrySearch.pressSequentially('united');
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
    await element.code.pressSequentially('1234');
  },
  'code-expiring': async (element) => {
    await enterCodeStep(element, { expires_in: 61 });
    await element.page.clock.runFor(2000);
    await element.announced(/./);
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
    await element.heading('Too many wrong codes').waitFor();
  },
  expired: async (element) => {
    await enterCodeStep(element);
    await element.fail('verify', 400, 'security_code_expired');
    await checkCode(element);
    await element.heading('The code has expired').waitFor();
  },
  used: async (element) => {
    await enterCodeStep(element, { resend_in: 0 });
    await element.fail('verify', 400, 'security_code_verified');
    await checkCode(element);
    await element.heading('The code was used already').waitFor();
  },
  'no-message': async (element) => {
    await enterCodeStep(element);
    await element.openNoMessage();
  },
  resent: async (element) => {
    await enterCodeStep(element, { resend_in: 0 });
    await element.openNoMessage();
    await element.respondWith('resend', 200, SENT);
    await element.button('Send it again').click();
    await element.announced('on its way again');
  },
  disabled: async (element) => {
    await element.page.locator('phone-verify').evaluate((found) => found.toggleAttribute('disabled', true));
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
