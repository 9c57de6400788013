import { isMissing } from '../../common/optional-package.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';

/**
 * A provider's SDK, imported when it is first used.
 *
 * @throws {@link PhoneVerifyConfigurationError} with the command that installs the package, if it is missing.
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
