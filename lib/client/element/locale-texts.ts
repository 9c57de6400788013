import type { PhoneVerifyLocale, PhoneVerifyPlural } from './phone-verify.locale.js';
import type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './texts.js';

/** The texts of a language, with functions in place of placeholders and plural forms. */
export function textsOf({
  language,
  unavailable,
  attemptsLeft,
  errors,
  ...texts
}: PhoneVerifyLocale): PhoneVerifyTexts {
  // The rules are loaded with the first count: most people never see one.
  let rules: Intl.PluralRules | undefined;
  const plural = (forms: PhoneVerifyPlural) => (count: number) => {
    rules ??= new Intl.PluralRules(language);
    return fill(forms[rules.select(count)] ?? forms.other, String(count));
  };
  const expired = ended(texts.expiredHeading, texts.endedHint);
  return {
    ...texts,
    countriesFound: plural(texts.countriesFound),
    readyIn: (seconds) => new Intl.RelativeTimeFormat(language).format(...inUnits(seconds)),
    codeHint: filled(texts.codeHint),
    codeExpiresIn: plural(texts.codeExpiresIn),
    checkNumber: filled(texts.checkNumber),
    doneHint: (phoneNumber) => phoneNumber,
    errors: {
      ...errors,
      security_code_invalid: ({ attemptsLeft: count }) =>
        join(errors.security_code_invalid, count === undefined ? '' : plural(attemptsLeft)(count)),
      phone_not_verified: unavailable,
      media_type_unsupported: unavailable,
      service_unavailable: unavailable,
      response_invalid: unavailable,
      security_code_incomplete: texts.codeIncomplete,
      security_code_expired: expired,
      security_code_verified: ended(texts.usedHeading, texts.endedHint),
      security_code_too_many_attempts: ended(texts.lockedHeading, texts.endedHint),
      session_missing: expired,
      send_stopped: unavailable,
    },
  };
}

/** Texts with changes. */
export function withChanges(texts: PhoneVerifyTexts, changes: PhoneVerifyTextChanges): PhoneVerifyTexts {
  return { ...texts, ...defined(changes), errors: { ...texts.errors, ...defined(changes.errors ?? {}) } };
}

/** What is not `undefined`. */
function defined(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Whether texts are those of a language, as data. */
export function isLocale(texts: PhoneVerifyTextChanges | PhoneVerifyLocale): texts is PhoneVerifyLocale {
  return 'language' in texts;
}

/** Seconds in the largest unit of which there are at least two. */
function inUnits(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  if (seconds < 120) return [seconds, 'second'];
  return seconds < 7200 ? [Math.ceil(seconds / 60), 'minute'] : [Math.ceil(seconds / 3600), 'hour'];
}

function filled(template: string): (value: string) => string {
  return (value) => fill(template, value);
}

function fill(template: string, value: string): string {
  return template.replace(/\{\w+\}/, () => value);
}

/** What has ended, as a sentence with the full stop of the language, and what to do. */
function ended(heading: string, hint: string): string {
  const [stop = ''] = /[.।。۔]$/u.exec(hint) ?? [];
  return join(heading + stop, hint);
}

/** Two sentences. Those of Chinese and Japanese have no space between them. */
function join(one: string, other: string): string {
  return one + (other === '' || one.endsWith('。') ? '' : ' ') + other;
}
