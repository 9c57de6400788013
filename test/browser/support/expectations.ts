import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { ElementPage } from './element-page.js';

/** Waits until an element is visible. */
export async function expectVisible(locator: Locator): Promise<void> {
  await locator.waitFor();
  expect(await locator.isVisible()).toBe(true);
}

/** Waits until an element is removed. */
export async function expectGone(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'detached' });
  expect(await locator.count()).toBe(0);
}

/** Waits until the alert has this text. */
export async function expectAlert({ alert }: ElementPage, text: string): Promise<void> {
  await alert.filter({ hasText: text }).waitFor();
  expect(await alert.textContent()).toContain(text);
}
