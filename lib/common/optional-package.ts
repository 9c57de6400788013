import { createRequire } from 'node:module';
import { join } from 'node:path';

const NOT_FOUND: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads a package that an application may have installed.
 *
 * @param from - The file that loads it.
 * @returns `undefined` if it is not installed.
 * @throws Any other error while loading, such as a missing dependency of the package.
 */
export async function loadOptional<T>(
  packageName: string,
  load: () => Promise<T>,
  from = ownFile(),
): Promise<T | undefined> {
  try {
    return await load();
  } catch (thrown) {
    if (isMissing(thrown, packageName, from)) return undefined;
    throw thrown;
  }
}

/**
 * Whether this package is missing, and not one of its dependencies. The error has no field for what was not found, and its
 * message differs between Node, Yarn Plug'n'Play, Jest and bundlers. So this resolves the package once more.
 */
export function isMissing(thrown: unknown, packageName: string, from = ownFile()): boolean {
  return NOT_FOUND.has(fieldOf(thrown, 'code')) && !isInstalled(packageName, from);
}

function isInstalled(packageName: string, from: string): boolean {
  try {
    createRequire(from).resolve(packageName);
    return true;
  } catch (thrown) {
    // Node names the `package.json` of a package that is there and lacks its main file.
    return !NOT_FOUND.has(fieldOf(thrown, 'code')) || fieldOf(thrown, 'path') !== undefined;
  }
}

/** Not `instanceof Error`: in Jest, errors of the loader are from another realm. */
function fieldOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
}

/** This file, or the bundle that contains it. Jest and some bundles run it as CommonJS, where `import.meta` is an error. */
function ownFile(): string {
  const formerly: unknown = Reflect.get(Error, 'prepareStackTrace');
  const traced: { stack?: unknown } = {};
  Error.prepareStackTrace = (_error, [site]) => site?.getFileName();
  Error.captureStackTrace(traced);
  const { stack } = traced;
  Reflect.set(Error, 'prepareStackTrace', formerly);
  return typeof stack === 'string' ? stack : join(process.cwd(), 'index.js');
}
