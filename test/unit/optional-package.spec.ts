import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadOptional } from '../../lib/common/optional-package.js';

function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' });
}

describe('an optional package', () => {
  it('is loaded', async () => {
    expect(await loadOptional('lamp', async () => ({ shines: true }))).toEqual({ shines: true });
  });

  it('is undefined if it is not installed', async () => {
    expect(await loadOptional('lamp', () => Promise.reject(notFound('lamp')))).toBeUndefined();
  });

  it('is undefined if it is not installed under Jest, whose loader throws errors of another realm', async () => {
    const fault: unknown = runInNewContext(
      `Object.assign(new Error("Cannot find module 'lamp' from 'here.js'"), { code: 'MODULE_NOT_FOUND' })`,
    );

    expect(await loadOptional('lamp', () => Promise.reject(fault))).toBeUndefined();
  });

  it.each([notFound('lamp-oil'), new Error('it is broken'), 'it is broken'])(
    'causes an error if it is installed but fails to load: %s',
    async (fault) => {
      await expect(loadOptional('lamp', () => Promise.reject(fault))).rejects.toBe(fault);
    },
  );
});
