import { Reflector } from '@nestjs/core';
import { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { LONGEST_AGE_SECONDS } from '../verification/call-arguments.js';
import { DEFAULT_MAX_AGE_SECONDS } from '../verification/phone-verification.service.js';

/**
 * Which proof of a verified phone a route requires.
 *
 * @publicApi
 */
export interface RequireVerifiedPhoneOptions {
  /** Oldest proof that counts, in seconds since the verification. Default 900. */
  readonly maxAge?: number | undefined;
  /**
   * Whether a proof is used up before the handler runs, so that it lets one request in, under any concurrency. Where the
   * handler can still fail, {@link PhoneVerificationService.consumeVerifiedPhone} in its transaction is the right tool.
   * Default `false`.
   */
  readonly consume?: boolean | undefined;
  /** Purpose that the code was asked for: `''`, or one of the option `purposes`. Default `''`. */
  readonly purpose?: string | undefined;
  /** Where the proof is: `verification_token` of the body, or the header `x-phone-verification-token`. Default `'body'`. */
  readonly from?: 'body' | 'header' | undefined;
}

/** What a route requires, checked, with its defaults. */
export type PhoneRequirement = Readonly<{
  [Name in keyof RequireVerifiedPhoneOptions]-?: Exclude<RequireVerifiedPhoneOptions[Name], undefined>;
}>;

/** Notes what a handler, or each handler of a class, requires. */
export const Requirement = Reflector.createDecorator<PhoneRequirement>();

const NAMES = optionNames<RequireVerifiedPhoneOptions>({ maxAge: true, consume: true, purpose: true, from: true });

/** @throws {@link PhoneVerifyConfigurationError} with every fault of the options. */
export function readRequirement(options: RequireVerifiedPhoneOptions): PhoneRequirement {
  const faults: string[] = [];
  const reader = new OptionReader({ RequireVerifiedPhone: options }, faults).nested('RequireVerifiedPhone', NAMES);
  const requirement = {
    maxAge: reader.integer('maxAge', { from: 1, to: LONGEST_AGE_SECONDS }, DEFAULT_MAX_AGE_SECONDS),
    consume: reader.boolean('consume', false),
    purpose: readPurpose(reader),
    from: readPlace(reader),
  };
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
  return Object.freeze(requirement);
}

/** Which purposes there are is known when the application starts. */
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
