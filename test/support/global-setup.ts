import { existsSync } from 'node:fs';
import { CHROMIUM } from './chromium.js';
import { missingKinds } from './databases.js';
import { redisUrl } from './redis.js';

/** Says what this run leaves out, and refuses to leave anything out where everything is required. */
export default function setup(): void {
  checkBrowser();
  const databases = missingKinds();
  const missing = [...databases, ...(redisUrl === undefined ? ['redis'] : [])];
  if (missing.length === 0) return;
  const variables = missing.map((kind) => `TEST_${kind.toUpperCase()}_URL`).join(' and ');
  if (process.env['TEST_ALL_DATABASES']) throw new Error(`TEST_ALL_DATABASES is set, but not ${variables}`);
  console.log(
    `\nLeft out: the tests on ${missing.join(' and ')}${databases.length === 2 ? ', those of parallel connections, processes and outages among them' : ''}. Set ${variables} to run them.\n`,
  );
}

function checkBrowser(): void {
  if (CHROMIUM === undefined) {
    console.log(
      '\nLeft out: the tests in a browser. Install Chromium, or set TEST_CHROMIUM to its path, to run them.\n',
    );
  } else if (!existsSync(CHROMIUM)) throw new Error(`TEST_CHROMIUM is ${CHROMIUM}, which is not there`);
}
