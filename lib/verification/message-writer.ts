import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackendHooks } from '../backends/backend-hooks.js';
import { obstaclesToAutofill, withAutofill } from '../message/autofill.js';
import { templateFor } from '../message/message-choice.js';
import { type MessageContext, renderMessage, withoutLineBreaks } from '../message/message-template.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { SendOptions } from './verification.types.js';

/** What a caller says about a message. */
type MessageSettings = Pick<SendOptions, 'context' | 'language'>;

/** Writes the message that carries a code: the backend's own text, else a template's, with the lines for autofill. */
@Injectable()
export class MessageWriter {
  readonly #logger = new Logger('PhoneVerify');
  readonly #defaultTemplate: string;
  #isReported = false;

  constructor(
    private readonly hooks: BackendHooks,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {
    this.#defaultTemplate = templateFor(undefined, options);
  }

  /** Writes one message. */
  async write(securityCode: string, { context, language }: MessageSettings): Promise<string> {
    const own = await this.hooks.generateMessage(securityCode, context && withoutLineBreaks(context));
    const text = own ?? this.#render(securityCode, context, language);
    const { domain, androidAppHash } = this.options.autofill;
    return (domain ?? androidAppHash) === undefined ? text : this.#withAutofill(text, securityCode);
  }

  #render(securityCode: string, context: MessageContext | undefined, language: string | undefined): string {
    const standard = { app: this.options.appName, security_code: securityCode };
    const values = context === undefined ? standard : { ...context, ...standard };
    const template = language === undefined ? this.#defaultTemplate : templateFor(language, this.options);
    return renderMessage(template, values);
  }

  #withAutofill(text: string, securityCode: string): string {
    const message = withAutofill(text, securityCode, this.options.autofill);
    this.#report(obstaclesToAutofill(text, message, this.options.autofill));
    return message;
  }

  /** Templates were validated at startup. The text of a hook, or with a context, is known only now. */
  #report([obstacle]: readonly string[]): void {
    if (obstacle === undefined || this.#isReported) return;
    this.#isReported = true;
    this.#logger.warn(`autofill: a message, of the backend's generateMessage or with its context, ${obstacle}.`);
  }
}
