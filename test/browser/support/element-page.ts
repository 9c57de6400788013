import type { Locator, Page } from 'playwright-core';

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

  constructor(readonly page: Page) {
    this.number = page.getByLabel('Phone number');
    this.country = page.getByLabel('Country');
    this.code = page.getByLabel('Code', { exact: true });
    this.alert = page.getByRole('alert');
    this.status = page.getByRole('status');
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

  heard(): Promise<HeardEvent[]> {
    return this.page.evaluate('heard');
  }
}
