import type { Locator, Page } from 'playwright-core';

export type PhonePath = 'register' | 'resend' | 'verify';

/** What the element told the page, as the page's script keeps it. */
export interface HeardEvent {
  readonly type: 'sent' | 'verified' | 'error';
  readonly phoneNumber?: string;
  readonly verificationToken?: string;
  readonly code?: string;
  readonly retryAfter?: number;
}

/** The element on a page, as a person finds it: by what is read out. */
export class ElementPage {
  readonly number: Locator;
  readonly country: Locator;
  readonly code: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  /** Paths of the requests to the routes, in order. */
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    this.number = page.getByLabel('Phone number');
    this.country = page.getByLabel('Country');
    this.code = page.getByLabel('Code', { exact: true });
    this.alert = page.getByRole('alert');
    this.status = page.getByRole('status');
    page.on('request', (request) => {
      const path = /\/phone\/(\w+)$/.exec(request.url())?.[1];
      if (path !== undefined) this.requests.push(path);
    });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name });
  }

  /** Types a number and has the code sent, up to the question for it. */
  async send(number: string): Promise<void> {
    await this.number.fill(number);
    await this.button('Send code').click();
    await this.heading('Enter the code').waitFor();
  }

  /** Types a code and has it checked. */
  async verify(code: string): Promise<void> {
    await this.code.fill(code);
    await this.button('Verify').click();
  }

  /** Waits until the alert reads so. */
  async alerted(text: string | RegExp): Promise<void> {
    await this.alert.filter({ hasText: text }).waitFor();
  }

  heard(): Promise<HeardEvent[]> {
    return this.page.evaluate('heard');
  }

  /** Name of the field that has the focus, looked up through the shadow tree. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const focused = document.activeElement?.shadowRoot?.activeElement;
      return focused?.getAttribute('name') ?? focused?.textContent ?? '';
    });
  }

  /** Answers a route itself, once or from now on. */
  async answer(path: PhonePath, status: number, body: object | string, times?: number): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await this.page.route(
      `**/phone/${path}`,
      (route) => route.fulfill({ status, contentType: 'application/json', body: text }),
      times === undefined ? {} : { times },
    );
  }

  /** Fails a route once, as the routes tell a failure. */
  fail(path: PhonePath, status: number, code: string, extra: object = {}): Promise<void> {
    return this.answer(path, status, { statusCode: status, error: 'Error', message: code, code, ...extra }, 1);
  }

  /** Lets the server answer, and changes what it says. */
  async change(path: PhonePath, extra: object): Promise<void> {
    await this.page.route(`**/phone/${path}`, async (route) => {
      const response = await route.fetch();
      const body: object = await response.json();
      await route.fulfill({ response, json: { ...body, ...extra } });
    });
  }

  /** Holds the requests to a route until they are let go. */
  async hold(path: PhonePath): Promise<() => void> {
    let letGo = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await this.page.route(`**/phone/${path}`, async (route) => {
      await released;
      await route.fallback();
    });
    return letGo;
  }
}
