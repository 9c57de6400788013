/** The browser of the browser tests: the one that `TEST_CHROMIUM` names. Without it they are left out, and the run says so. */
export const CHROMIUM: string | undefined = process.env['TEST_CHROMIUM'] || undefined;
