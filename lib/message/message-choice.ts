import { lookUpText, type TextsByLanguage } from './language-lookup.js';
import { preferredLanguages } from './language.js';
import { SHIPPED_TEXTS } from './shipped-texts.js';

/** The templates of the application. */
export interface OwnTexts {
  readonly message: string | undefined;
  readonly messages: TextsByLanguage;
}

/**
 * The template for a person: from `messages` in one of the person's languages, otherwise `message`, otherwise a shipped
 * text in one of the person's languages, otherwise English, from `messages` first.
 *
 * @param languages - A tag, or an `Accept-Language` list.
 */
export function templateFor(languages: string | undefined, { message, messages }: OwnTexts): string {
  const wanted = preferredLanguages(languages);
  return (
    lookUpText(wanted, messages) ??
    message ??
    lookUpText(wanted, SHIPPED_TEXTS) ??
    lookUpText(['en'], messages) ??
    SHIPPED_TEXTS.en
  );
}

/** The shipped texts that can be used, by language: none if there is a `message`, nor where `messages` has one. */
export function unreplacedShippedTexts({ message, messages }: OwnTexts): [language: string, template: string][] {
  if (message !== undefined) return [];
  return Object.entries(SHIPPED_TEXTS).filter(([language]) => lookUpText([language], messages) === undefined);
}
