import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PACKAGE_VERSION } from '../../lib/common/package-version.js';

it('the version in the header User-Agent is that of the package', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

  expect(manifest).toHaveProperty('version', PACKAGE_VERSION);
});
