import type { PhoneVerifyClientErrorCode } from '../client-error.js';
import type { PhoneVerifyTexts } from './texts.js';

/**
 * The forms of a text by the plural categories of its language, as `Intl.PluralRules` names them. `other` serves every
 * category that has no form.
 *
 * @publicApi
 */
export type PhoneVerifyPlural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & Record<'other', string>>;

/** A text that depends on a number has plural forms, any other function is a text with a placeholder. */
type TextData<Text> = Text extends string
  ? string
  : Text extends (count: number) => string
    ? PhoneVerifyPlural
    : string;

/** Failures that have the same text: nothing that the person does can help. */
type UnavailableCode =
  | 'phone_not_verified'
  | 'media_type_unsupported'
  | 'service_unavailable'
  | 'response_invalid'
  // Never shown: the page stopped the message itself.
  | 'send_stopped';

/** Failures that have the text of something else. */
type SharedCode =
  | UnavailableCode
  | 'session_missing'
  | 'security_code_incomplete'
  | 'security_code_expired'
  | 'security_code_verified'
  | 'security_code_too_many_attempts';

/**
 * The texts of the element in one language, as data: names in braces, such as `{phoneNumber}`, stand for values.
 *
 * @publicApi
 */
export type PhoneVerifyLocale = {
  /** BCP 47 tag. */
  readonly language: string;
} & {
  readonly [Key in Exclude<keyof PhoneVerifyTexts, 'errors' | 'doneHint' | 'readyIn'>]: TextData<PhoneVerifyTexts[Key]>;
} & {
  /** Follows `security_code_invalid` where the server says how many wrong codes it still accepts. */
  readonly attemptsLeft: PhoneVerifyPlural;
  /** For failures that nothing the person does can help. */
  readonly unavailable: string;
  readonly errors: Readonly<Record<Exclude<PhoneVerifyClientErrorCode, SharedCode>, string>>;
};
