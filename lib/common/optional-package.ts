/**
 * Loads a package that an application may have.
 *
 * @returns `undefined` when it is not installed.
 * @throws Whatever else stops it from loading, a package that it needs itself included.
 */
export async function loadOptional<T>(packageName: string, load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (thrown) {
    if (isMissing(thrown, packageName)) return undefined;
    throw thrown;
  }
}

/** Whether it is this package that is missing, and not something that it needs itself. */
export function isMissing(thrown: unknown, packageName: string): boolean {
  // Not `instanceof Error`: inside Jest, what its loader throws is of another realm.
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown && 'message' in thrown)) return false;
  const isNotFound = thrown.code === 'ERR_MODULE_NOT_FOUND' || thrown.code === 'MODULE_NOT_FOUND';
  return isNotFound && String(thrown.message).includes(`'${packageName}'`);
}
