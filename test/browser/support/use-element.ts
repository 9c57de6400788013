import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ApplicationOptions } from '../../support/application.js';
import { launchBrowser } from './browser.js';
import { ElementPage } from './element-page.js';
import { type ServedPage, startServedPage } from './served-page.js';

/** What each test of the element gets. The browser is shared. */
export interface ElementTest {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly element: ElementPage;
  readonly served: ServedPage;
  /** Opens the page with these attributes of the element. */
  open(attributes?: string, language?: string): Promise<void>;
  /** Advances the time of the page and of the server. */
  pass(seconds: number): Promise<void>;
}

/** Gives each test of a file a new application and page, whose time only the test advances. */
export function useElement(options: BrowserContextOptions = {}, application: ApplicationOptions = {}): ElementTest {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let element: ElementPage;
  let served: ServedPage;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    served = await startServedPage(application);
    context = await browser.newContext({ locale: 'en-US', ...options });
    page = await context.newPage();
    element = new ElementPage(page);
    await page.clock.install({ time: served.clock.now() });
    // Far enough ahead that a busy machine is not past it already.
    await page.clock.pauseAt(served.clock.now() + 60_000);
  });

  afterEach(async () => {
    await context.close();
    await served.close();
  });

  afterAll(() => browser.close());

  return {
    get browser() {
      return browser;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    get element() {
      return element;
    },
    get served() {
      return served;
    },
    open: async (attributes, language) => {
      await page.goto(served.url(attributes, language));
    },
    pass: async (seconds) => {
      served.clock.advance(seconds);
      await page.clock.runFor(seconds * 1000);
    },
  };
}
