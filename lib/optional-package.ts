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
  if (!(thrown instanceof Error) || !('code' in thrown)) return false;
  const isNotFound = thrown.code === 'ERR_MODULE_NOT_FOUND' || thrown.code === 'MODULE_NOT_FOUND';
  return isNotFound && thrown.message.includes(`'${packageName}'`);
}
