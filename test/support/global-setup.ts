import { missingKinds } from './databases.js';
import { redisUrl } from './redis.js';

/** Says what this run leaves out, and refuses to leave anything out where everything is required. */
export default function setup(): void {
  const databases = missingKinds();
  const missing = [...databases, ...(redisUrl === undefined ? ['redis'] : [])];
  if (missing.length === 0) return;
  const variables = missing.map((kind) => `TEST_${kind.toUpperCase()}_URL`).join(' and ');
  if (process.env['TEST_ALL_DATABASES']) throw new Error(`TEST_ALL_DATABASES is set, but not ${variables}`);
  console.log(
    `\nLeft out: the tests on ${missing.join(' and ')}${databases.length === 2 ? ', those of parallel connections, processes and outages among them' : ''}. Set ${variables} to run them.\n`,
  );
}
