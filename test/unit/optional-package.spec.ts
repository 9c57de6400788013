import { describe, expect, it } from 'vitest';
import { loadOptional } from '../../lib/optional-package.js';

function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' });
}

describe('an optional package', () => {
  it('is loaded', async () => {
    expect(await loadOptional('lamp', async () => ({ shines: true }))).toEqual({ shines: true });
  });

  it('is left out when it is not installed', async () => {
    expect(await loadOptional('lamp', () => Promise.reject(notFound('lamp')))).toBeUndefined();
  });

  it.each([notFound('lamp-oil'), new Error('it is broken'), 'it is broken'])(
    'tells when it is there and %s',
    async (fault) => {
      await expect(loadOptional('lamp', () => Promise.reject(fault))).rejects.toBe(fault);
    },
  );
});
