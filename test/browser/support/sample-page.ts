import { PHONE_VERIFY_BACKEND, type SandboxBackend } from 'nestjs-phone-verify';
import type { Locator, Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { TestClock } from '../../support/clock.js';
import { freshDatabase } from '../../support/databases.js';
import { startSample, stopSample } from '../../support/sample-application.js';

const TABLES = ['sample_session', 'sample_user', 'sms_verification'];

/** The sample application on a port that a browser can reach. */
export interface ServedSample {
  readonly origin: string;
  readonly clock: TestClock;
  readonly sandbox: SandboxBackend;
  /** Starts over a day later, without accounts and messages. */
  beginAnew(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the sample with an environment. */
export async function serveSample(environment: Readonly<Record<string, string>> = {}): Promise<ServedSample> {
  const database = await freshDatabase('sqlite');
  const clock = new TestClock();
  const app = await startSample(database, environment, clock);
  await app.listen(0, '127.0.0.1');
  return {
    origin: await app.getUrl(),
    clock,
    sandbox: app.get(PHONE_VERIFY_BACKEND),
    beginAnew: async () => {
      clock.advance(86_400);
      app.get<SandboxBackend>(PHONE_VERIFY_BACKEND).clear();
      for (const table of TABLES) await app.get(DataSource).query(`DELETE FROM ${table}`);
    },
    close: async () => {
      await stopSample(app);
      await database.drop();
    },
  };
}

/** The pages of the sample. Finds their parts by accessible names. */
export class SamplePage {
  readonly username: Locator;
  readonly number: Locator;
  readonly code: Locator;
  readonly fault: Locator;
  readonly messages: Locator;

  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {
    // The account page has one element for each number, of which one is visible.
    const element = page.locator('phone-verify:not([hidden])');
    this.username = page.getByLabel('User name');
    this.number = element.getByLabel('Phone number');
    this.code = element.getByLabel('Code', { exact: true });
    this.fault = element.getByRole('alert');
    this.messages = page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
  }

  async open(path = '/'): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Requests a code and waits until the phone on the page shows it. */
  async send(number: string): Promise<void> {
    // The sign-up sends no message without a user name.
    if ((await this.username.isVisible()) && (await this.username.inputValue()) === '')
      await this.username.fill('grace');
    await this.number.fill(number);
    await this.button('Send code').click();
    await this.messages.first().waitFor();
  }

  /** Types a code, which submits it. */
  async verify(code: string): Promise<void> {
    await this.code.fill(code);
  }

  /** Opens the change of the account's number and confirms the current one. */
  async confirmCurrent(number: string): Promise<void> {
    await this.button('Change number').click();
    await this.send(number);
    await this.verify('123456');
    await this.page.getByText('Step 2 of 2').waitFor();
  }

  /** Completes the sign-up, up to the account page. */
  async signUp(username: string, number: string): Promise<void> {
    await this.open();
    await this.username.fill(username);
    await this.send(number);
    await this.verify('123456');
    await this.page.waitForURL(`${this.origin}/account`);
  }
}
