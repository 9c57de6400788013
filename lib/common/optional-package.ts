/**
 * Loads a package that an application may have installed.
 *
 * @returns `undefined` if it is not installed.
 * @throws Any other error while loading, such as a missing dependency of the package.
 */
export async function loadOptional<T>(packageName: string, load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (thrown) {
    if (isMissing(thrown, packageName)) return undefined;
    throw thrown;
  }
}

/** Whether this package is missing, and not one of its dependencies. */
export function isMissing(thrown: unknown, packageName: string): boolean {
  // Not `instanceof Error`: in Jest, errors of the loader are from another realm.
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown && 'message' in thrown)) return false;
  const isNotFound = thrown.code === 'ERR_MODULE_NOT_FOUND' || thrown.code === 'MODULE_NOT_FOUND';
  return isNotFound && String(thrown.message).includes(`'${packageName}'`);
}
