/** Path of the browser, from `TEST_CHROMIUM`. Without it, the browser tests are skipped, which the run reports at its end. */
export const CHROMIUM: string | undefined = process.env['TEST_CHROMIUM'] || undefined;
