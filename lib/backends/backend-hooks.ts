import { isSecurityCode } from '../common/code-format.js';
import { redactedCause, type Secrets } from '../common/redaction.js';
import { withinTimeLimit } from '../common/time.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { MessageContext } from '../message/message-template.js';
import { BackendHookError } from '../phone-verify.errors.js';
import type { BaseBackend } from './base.backend.js';
import type { VerificationResult } from './verification-result.js';

type HookName = 'generateSecurityCode' | 'generateMessage' | 'validateSecurityCode';

const STATUSES: ReadonlySet<unknown> = new Set(Object.values(VerificationStatus));

/**
 * Calls the optional hooks of the backend. Returns `undefined` if the backend has no such hook, or if the hook returned
 * nothing: then the library's default applies.
 */
export class BackendHooks {
  constructor(
    private readonly backend: BaseBackend<unknown>,
    private readonly timeoutMs: number,
  ) {}

  /** @throws {@link BackendHookError} if the hook fails or returns an invalid code. */
  async generateSecurityCode(): Promise<string | undefined> {
    const code: unknown = await this.#call(
      'generateSecurityCode',
      { hidden: [] },
      async () => (await this.backend.generateSecurityCode?.()) ?? undefined,
    );
    if (code === undefined || (typeof code === 'string' && isSecurityCode(code))) return code;
    throw new BackendHookError('generateSecurityCode', 'a code is 4 to 32 printable ASCII characters without spaces');
  }

  /** @throws {@link BackendHookError} if the hook fails or returns anything but a text. */
  async generateMessage(securityCode: string, context: MessageContext | undefined): Promise<string | undefined> {
    const message: unknown = await this.#call(
      'generateMessage',
      { hidden: [securityCode] },
      async () => (await this.backend.generateMessage?.(securityCode, context)) ?? undefined,
    );
    if (message === undefined || (typeof message === 'string' && message !== '')) return message;
    throw new BackendHookError('generateMessage', 'a message is a text that is not empty');
  }

  /** @throws {@link BackendHookError} if the hook fails or returns anything but a result with a known status. */
  async validateSecurityCode(
    securityCode: string,
    phoneNumber: string,
    sessionToken: string,
  ): Promise<VerificationResult | undefined> {
    const secrets = { hidden: [securityCode, sessionToken], phoneNumbers: [phoneNumber] };
    const result = await this.#call('validateSecurityCode', secrets, async () =>
      readResult(await this.backend.validateSecurityCode?.(securityCode, phoneNumber, sessionToken)),
    );
    if (result !== null) return result;
    throw new BackendHookError('validateSecurityCode', 'a result has a `status` of VerificationStatus');
  }

  async #call<T>(hook: HookName, secrets: Secrets, call: () => T | Promise<T>): Promise<T | undefined> {
    try {
      if (typeof this.backend[hook] !== 'function') return undefined;
      return await withinTimeLimit(this.timeoutMs, call);
    } catch (thrown) {
      throw new BackendHookError(hook, 'it threw or did not settle in time', { cause: redactedCause(thrown, secrets) });
    }
  }
}

/** The known fields of a result; `undefined` if there is no result, `null` if it is not a valid one. */
function readResult(value: unknown): VerificationResult | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (!isResult(value)) return null;
  const { status, verification, attemptsLeft } = value;
  return { status, verification, attemptsLeft: Number.isInteger(attemptsLeft) ? attemptsLeft : undefined };
}

function isResult(value: unknown): value is VerificationResult {
  return typeof value === 'object' && value !== null && 'status' in value && STATUSES.has(value.status);
}
