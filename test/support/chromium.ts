import { existsSync } from 'node:fs';

const DEBIAN = '/usr/bin/chromium';

/** The browser of the browser tests: the one that `TEST_CHROMIUM` names, or else the system's, if it has one. */
export const CHROMIUM: string | undefined = process.env['TEST_CHROMIUM'] ?? (existsSync(DEBIAN) ? DEBIAN : undefined);
