import { expect, it } from 'vitest';
import { describePublicApi } from '../support/public-api.js';

it('exports the names and signatures that are recorded', async () => {
  await expect(describePublicApi()).toMatchFileSnapshot(
    'public-api.txt',
    'The public API of the build is not the recorded one. If the change is intended, record it with ' +
      '"npm run build && npx vitest run test/packaging/public-api.spec.ts -u", and describe the change for users in CHANGELOG.md.',
  );
});
