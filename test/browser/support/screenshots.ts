import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** The folder of the screenshots, for visual review. Without it, none are written. */
const FOLDER = process.env['TEST_SCREENSHOTS'];

/** Writes a screenshot of a page, if the environment names a folder for them. */
export async function takeScreenshot(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), ...options });
}
