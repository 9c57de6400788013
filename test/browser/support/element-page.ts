import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export type PhonePath = 'register' | 'resend' | 'verify';

/** An event of the element, as the script of the page records it. */
export interface ElementEvent {
  readonly type: 'sent' | 'verified' | 'error';
  readonly phoneNumber?: string;
  readonly verificationToken?: string;
  readonly code?: string;
  readonly retryAfter?: number;
}

/** The element on a page. Finds its parts by their accessible names. */
export class ElementPage {
  readonly number: Locator;
  /** The button that opens the list of countries. */
  readonly country: Locator;
  readonly countrySearch: Locator;
  readonly options: Locator;
  readonly code: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  /** Paths of the requests to the routes, in order. */
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    this.number = page.getByLabel('Phone number');
    // In English or German.
    this.country = page.getByRole('button', { name: /^(Country|Land):/ });
    this.countrySearch = page.getByRole('combobox', { name: /^(Search for a country|Land suchen)$/ });
    this.options = page.getByRole('option');
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

  /** Types a number, requests a code and waits for the next step. */
  async send(number: string): Promise<void> {
    await this.number.fill(number);
    await this.button('Send code').click();
    await this.heading('Enter the code').waitFor();
  }

  /** Waits out the time in which no other tab answers that it has a session for a refused number. */
  async waitForOtherTabs(): Promise<void> {
    const { page } = this;
    await expect
      .poll(async () => {
        await page.clock.runFor(100);
        return page.locator('[data-busy]').count();
      })
      .toBe(0);
  }

  /** Fills in a code, which submits it if it is complete and was not submitted before. */
  async verify(code: string): Promise<void> {
    await this.code.fill(code);
  }

  /** Selects the first country that a search finds. */
  async selectCountry(text: string): Promise<void> {
    await this.country.click();
    await this.countrySearch.fill(text);
    await this.countrySearch.press('Enter');
  }

  /** Opens what a person can do if no message arrives. */
  async openNoMessage(): Promise<void> {
    await this.button('No message?').click();
  }

  /** Waits until a text is announced. */
  async announced(text: string | RegExp): Promise<void> {
    await this.status.filter({ hasText: text }).waitFor();
  }

  /** Waits until the alert has this text. */
  async alerted(text: string | RegExp): Promise<void> {
    await this.alert.filter({ hasText: text }).waitFor();
  }

  events(): Promise<ElementEvent[]> {
    return this.page.evaluate('events');
  }

  /** Name of the focused field inside the shadow tree. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const focused = document.activeElement?.shadowRoot?.activeElement;
      return focused?.getAttribute('name') ?? focused?.textContent ?? '';
    });
  }

  /** Responds to a route instead of the server, a number of times or always. */
  async respondWith(path: PhonePath, status: number, body: object | string, times?: number): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await this.page.route(
      `**/phone/${path}`,
      (route) => route.fulfill({ status, contentType: 'application/json', body: text }),
      times === undefined ? {} : { times },
    );
  }

  /** Responds to a route once with an error. */
  fail(path: PhonePath, status: number, code: string, extra: object = {}): Promise<void> {
    return this.respondWith(path, status, { statusCode: status, error: 'Error', message: code, code, ...extra }, 1);
  }

  /** Changes fields of the server's response. */
  async change(path: PhonePath, extra: object): Promise<void> {
    await this.page.route(`**/phone/${path}`, async (route) => {
      const response = await route.fetch();
      const body: object = await response.json();
      await route.fulfill({ response, json: { ...body, ...extra } });
    });
  }

  /** Delays the requests to a route until the returned function is called. */
  async hold(path: PhonePath): Promise<() => void> {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await this.page.route(`**/phone/${path}`, async (route) => {
      await released;
      await route.fallback();
    });
    return release;
  }
}
