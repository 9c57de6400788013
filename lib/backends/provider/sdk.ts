import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';

/**
 * A provider's SDK, imported when it is first asked for.
 *
 * @throws {@link PhoneVerifyConfigurationError} that names the package and the command, if it is not installed.
 */
export class Sdk<T> {
  #loading: Promise<T> | undefined;

  constructor(
    private readonly backend: string,
    private readonly packageName: string,
    private readonly load: () => Promise<T>,
  ) {}

  async get(): Promise<T> {
    this.#loading ??= this.load();
    try {
      return await this.#loading;
    } catch (thrown) {
      if (!isMissing(thrown, this.packageName)) throw thrown;
      throw new PhoneVerifyConfigurationError(
        `backend: ${this.backend} needs the package ${this.packageName}; run: npm install ${this.packageName}`,
        { cause: thrown },
      );
    }
  }
}

/** Whether it is this package that is missing, and not something that it needs itself. */
function isMissing(thrown: unknown, packageName: string): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false;
  const isNotFound = thrown.code === 'ERR_MODULE_NOT_FOUND' || thrown.code === 'MODULE_NOT_FOUND';
  return isNotFound && thrown.message.includes(`'${packageName}'`);
}
