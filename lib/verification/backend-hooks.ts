import type { BaseBackend } from '../backends/base.backend.js';
import type { MessageContext } from '../message/message-template.js';
import { BackendHookError } from '../phone-verify.errors.js';
import { redactedCause } from './redaction.js';
import { isSecurityCode } from './security-code.js';
import { withinTimeLimit } from './time-limit.js';
import { VerificationStatus } from './verification-status.js';
import type { VerificationResult } from './verification.types.js';

type HookName = 'generateSecurityCode' | 'generateMessage' | 'validateSecurityCode';

const STATUSES: ReadonlySet<unknown> = new Set(Object.values(VerificationStatus));

/**
 * Asks the backend's optional hooks. `undefined` means that the backend leaves it to the library: it has no such hook,
 * or the hook answered nothing.
 */
export class BackendHooks {
  constructor(
    private readonly backend: BaseBackend<unknown>,
    private readonly timeoutMs: number,
  ) {}

  /** @throws {@link BackendHookError} if the hook fails or answers what cannot be a code. */
  async generateSecurityCode(): Promise<string | undefined> {
    const code: unknown = await this.#ask('generateSecurityCode', [], () => this.backend.generateSecurityCode?.());
    if (code === undefined || (typeof code === 'string' && isSecurityCode(code))) return code;
    throw new BackendHookError('generateSecurityCode', 'a code is 4 to 32 printable ASCII characters without spaces');
  }

  /** @throws {@link BackendHookError} if the hook fails or answers anything but a text. */
  async generateMessage(securityCode: string, context: MessageContext | undefined): Promise<string | undefined> {
    const message: unknown = await this.#ask('generateMessage', [securityCode], () =>
      this.backend.generateMessage?.(securityCode, context),
    );
    if (message === undefined || (typeof message === 'string' && message !== '')) return message;
    throw new BackendHookError('generateMessage', 'a message is a text that is not empty');
  }

  /** @throws {@link BackendHookError} if the hook fails or answers anything but a result with a known status. */
  async validateSecurityCode(
    securityCode: string,
    phoneNumber: string,
    sessionToken: string,
  ): Promise<VerificationResult | undefined> {
    const result: unknown = await this.#ask('validateSecurityCode', [securityCode, sessionToken, phoneNumber], () =>
      this.backend.validateSecurityCode?.(securityCode, phoneNumber, sessionToken),
    );
    if (result === undefined || isResult(result)) return result;
    throw new BackendHookError('validateSecurityCode', 'a result has a `status` of VerificationStatus');
  }

  async #ask(hook: HookName, hidden: readonly string[], ask: () => unknown): Promise<unknown> {
    if (typeof this.backend[hook] !== 'function') return undefined;
    try {
      return (await withinTimeLimit(this.timeoutMs, ask)) ?? undefined;
    } catch (thrown) {
      throw new BackendHookError(hook, 'it threw or did not settle in time', {
        cause: redactedCause(thrown, { hidden }),
      });
    }
  }
}

function isResult(value: unknown): value is VerificationResult {
  return typeof value === 'object' && value !== null && 'status' in value && STATUSES.has(value.status);
}
