import { Reflector } from '@nestjs/core';
import { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { MAX_AGE_SECONDS } from '../verification/call-arguments.js';
import { DEFAULT_MAX_AGE_SECONDS } from '../verification/verification-tokens.js';

/** The field of the body that carries a verification token. */
export const TOKEN_FIELD = 'verification_token';

/** The header that carries a verification token. */
export const TOKEN_HEADER = 'x-phone-verification-token';

/**
 * Which verification tokens a route accepts.
 *
 * @publicApi
 */
export interface RequireVerifiedPhoneOptions {
  /** Maximum age of the verification token, in seconds since the verification, 1 to 315 360 000. Default 900. */
  readonly maxAge?: number | undefined;
  /**
   * Whether the verification token is consumed before the handler runs, so that it lets at most one request through,
   * under any concurrency. Where the handler can still fail, call
   * {@link PhoneVerificationService.consumeVerifiedPhone} in its transaction instead. Default `false`.
   */
  readonly consume?: boolean | undefined;
  /** Purpose for which the code was requested: `''`, or one of the option `purposes`. Default `''`. */
  readonly purpose?: string | undefined;
  /**
   * Where the verification token is: the body's field `verification_token`, or the header `x-phone-verification-token`.
   * Default `'body'`.
   */
  readonly from?: 'body' | 'header' | undefined;
}

/** What a route requires, validated, with defaults. */
export type PhoneRequirement = Readonly<{
  [Name in keyof RequireVerifiedPhoneOptions]-?: Exclude<RequireVerifiedPhoneOptions[Name], undefined>;
}>;

/** Metadata of a handler, or of a class for each of its handlers. */
export const Requirement = Reflector.createDecorator<PhoneRequirement>();

const NAMES = optionNames<RequireVerifiedPhoneOptions>({ maxAge: true, consume: true, purpose: true, from: true });

/** @throws {@link PhoneVerifyConfigurationError} with every validation error of the options. */
export function readRequirement(options: RequireVerifiedPhoneOptions): PhoneRequirement {
  const faults: string[] = [];
  const reader = new OptionReader({ RequireVerifiedPhone: options }, faults).nested('RequireVerifiedPhone', NAMES);
  const requirement = {
    maxAge: reader.integer('maxAge', { unit: 'seconds', from: 1, to: MAX_AGE_SECONDS }, DEFAULT_MAX_AGE_SECONDS),
    consume: reader.boolean('consume', false),
    purpose: readPurpose(reader),
    from: readPlace(reader),
  };
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
  return Object.freeze(requirement);
}

/** Any string: the purposes that exist are known only when the application starts. */
function readPurpose(reader: OptionReader): string {
  const given = reader.value('purpose');
  if (typeof given === 'string') return given;
  if (given !== undefined) reader.fault('purpose', 'must be a string');
  return '';
}

function readPlace(reader: OptionReader): PhoneRequirement['from'] {
  const given = reader.value('from');
  if (given === 'body' || given === 'header') return given;
  if (given !== undefined) reader.fault('from', 'must be "body" or "header"');
  return 'body';
}
