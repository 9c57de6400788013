import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing, loadOptional } from '../../lib/common/optional-package.js';

/** An error as a loader throws it. */
function notFound(message: string, code = 'MODULE_NOT_FOUND'): Error {
  return Object.assign(new Error(message), { code });
}

/** The packages of an application, each with its `package.json` and its `index.js`. */
const PACKAGES: Readonly<Record<string, readonly [manifest: object, index: string | undefined]>> = {
  'a-package': [{ exports: { import: './index.js' } }, 'export const shines = true;'],
  'needs-a-missing-one': [{ exports: './index.js' }, "import 'a-missing-one';"],
  'requires-a-missing-one': [{ type: 'commonjs' }, "require('a-missing-one');"],
  'has-no-file': [{ exports: './index.js' }, undefined],
  'has-no-main-file': [{ type: 'commonjs', main: 'index.js' }, undefined],
  'exports-nothing': [{ exports: { './other': './index.js' } }, ''],
};

describe('an optional package', () => {
  let folder: string;
  let from: string;
  let load: (packageName: string) => Promise<{ shines: boolean }>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'phone-verify-optional-'));
    // Among installed packages, so that Node itself loads it.
    from = join(folder, 'node_modules/a-library/index.mjs');
    for (const [name, [manifest, index]] of Object.entries(PACKAGES)) {
      const own = join(folder, 'node_modules', name);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'package.json'), JSON.stringify({ name, type: 'module', ...manifest }));
      if (index !== undefined) writeFileSync(join(own, 'index.js'), index);
    }
    mkdirSync(dirname(from));
    writeFileSync(from, 'export const load = (name) => import(name);');
    ({ load } = await import(pathToFileURL(from).href));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is loaded', async () => {
    expect(await loadOptional('a-package', () => load('a-package'), from)).toMatchObject({ shines: true });
  });

  it('is left out when it is not installed', async () => {
    expect(await loadOptional('not-installed', () => load('not-installed'), from)).toBeUndefined();
    expect(await loadOptional('@not/installed', () => load('@not/installed'))).toBeUndefined();
  });

  it.each(Object.keys(PACKAGES).slice(1))('is not left out when it is installed and %s', async (name) => {
    await expect(loadOptional(name, () => load(name), from)).rejects.toHaveProperty('code');
  });

  it("is left out under Yarn Plug'n'Play, whose message has its name without quotes", () => {
    const error = notFound(
      "nestjs-phone-verify tried to access not-installed (a peer dependency) but it isn't provided by your application",
    );

    expect(isMissing(error, 'not-installed', from)).toBe(true);
  });

  it('is left out under Jest, whose loader throws errors of another realm', () => {
    const error: unknown = runInNewContext(
      `Object.assign(new Error("Cannot find module 'not-installed' from 'here.js'"), { code: 'MODULE_NOT_FOUND' })`,
    );

    expect(isMissing(error, 'not-installed')).toBe(true);
  });

  it('is judged by where it is, whatever the message says', () => {
    expect(isMissing(notFound("Cannot find module 'a-package'"), 'a-package', from)).toBe(false);
    expect(isMissing(notFound('', 'ERR_MODULE_NOT_FOUND'), 'not-installed', from)).toBe(true);
    expect(isMissing(notFound("Cannot find module 'rxjs'"), 'rxjs')).toBe(false);
  });

  it.each([new Error("Cannot find package 'not-installed'"), 'it is broken', undefined, null])(
    'is not left out for the failure %o, which no loader throws',
    (failure) => {
      expect(isMissing(failure, 'not-installed', from)).toBe(false);
    },
  );

  it('leaves the formatting of stack traces as it was', () => {
    const { prepareStackTrace } = Error;

    isMissing(notFound(''), 'not-installed');

    expect(Error.prepareStackTrace).toBe(prepareStackTrace);
  });
});
