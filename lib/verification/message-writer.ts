import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackendHooks } from '../backends/backend-hooks.js';
import { obstaclesToAutofill, withAutofill } from '../message/autofill.js';
import { templateFor } from '../message/message-choice.js';
import { type MessageContext, renderMessage, withoutLineBreaks } from '../message/message-template.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { SendOptions } from './verification.types.js';

/** Writes the message that carries a code: the backend's own text, else a template's, with the lines for autofill. */
@Injectable()
export class MessageWriter {
  readonly #logger = new Logger('PhoneVerify');
  #isReported = false;

  constructor(
    private readonly hooks: BackendHooks,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  async write(securityCode: string, { context, language }: SendOptions): Promise<string> {
    const { autofill } = this.options;
    const own = await this.hooks.generateMessage(securityCode, context && withoutLineBreaks(context));
    const text = own ?? this.#render(securityCode, context, language);
    const message = withAutofill(text, securityCode, autofill);
    this.#report(obstaclesToAutofill(text, message, autofill));
    return message;
  }

  #render(securityCode: string, context: MessageContext | undefined, language: string | undefined): string {
    const values = { ...context, app: this.options.appName, security_code: securityCode };
    return renderMessage(templateFor(language, this.options), values);
  }

  /** Templates were checked at start-up; what a hook or a context makes of a text is known only now. */
  #report([obstacle]: readonly string[]): void {
    if (obstacle === undefined || this.#isReported) return;
    this.#isReported = true;
    this.#logger.warn(`autofill: a message, of the backend's generateMessage or with its context, ${obstacle}.`);
  }
}
