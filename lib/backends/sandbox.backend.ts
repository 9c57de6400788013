import { Injectable } from '@nestjs/common';
import { isSecurityCode } from '../common/code-format.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { BaseBackend } from './base.backend.js';
import { refuseInProduction } from './development-only.js';

/**
 * Settings of {@link SandboxBackend}. Unknown settings are a startup error, except where a test overrides another backend
 * with the sandbox, which is then built with that backend's settings.
 *
 * @publicApi
 */
export interface SandboxBackendOptions {
  /** The code of every session. Default `'123456'`. */
  readonly sandboxToken?: string;
  /** Whether the sandbox may start with any `NODE_ENV`. Default `false`. */
  readonly allowInProduction?: boolean;
}

/**
 * A message that the sandbox kept.
 *
 * @publicApi
 */
export interface SandboxMessage {
  /** E.164. */
  readonly to: string;
  /** The whole text. */
  readonly message: string;
  /** Time of the send. */
  readonly sentAt: Date;
}

const DEFAULT_SANDBOX_TOKEN = '123456';

/** Maximum of messages kept, so that a sandbox that runs for weeks does not grow. */
const OUTBOX_LIMIT = 1000;

/**
 * Sends nothing and stores the messages in {@link outbox}. The code is fixed; every other check is real.
 *
 * @publicApi
 */
@Injectable()
export class SandboxBackend extends BaseBackend<SandboxBackendOptions> {
  readonly #messages: SandboxMessage[] = [];
  readonly #token: string;

  /** @throws {@link PhoneVerifyConfigurationError} in production, and for a `sandboxToken` that is not a valid code. */
  constructor(options: SandboxBackendOptions) {
    super(options);
    refuseInProduction('SandboxBackend', options.allowInProduction);
    const token: unknown = options.sandboxToken ?? DEFAULT_SANDBOX_TOKEN;
    if (typeof token !== 'string' || !isSecurityCode(token)) {
      throw new PhoneVerifyConfigurationError(
        'options.sandboxToken: must be a string of 4 to 32 printable ASCII characters without spaces',
      );
    }
    this.#token = token;
  }

  /** The last 1000 messages, the oldest first. */
  get outbox(): readonly SandboxMessage[] {
    return [...this.#messages];
  }

  /**
   * The code in the last message to a number; `undefined` if there is none.
   *
   * @param phoneNumber - E.164.
   */
  lastCode(phoneNumber: string): string | undefined {
    const last = this.#messages.findLast(({ to }) => to === phoneNumber);
    return last?.message.includes(this.#token) ? this.#token : undefined;
  }

  /** Deletes all messages from the outbox. */
  clear(): void {
    this.#messages.length = 0;
  }

  async sendSms(number: string, message: string): Promise<SendReceipt> {
    this.#messages.push({ to: number, message, sentAt: new Date() });
    if (this.#messages.length > OUTBOX_LIMIT) this.#messages.shift();
    return { backend: 'SandboxBackend' };
  }

  override generateSecurityCode(): string {
    return this.#token;
  }
}
