import { lookUpText, type TextsByLanguage } from './language-lookup.js';
import { preferredLanguages } from './language.js';
import { SHIPPED_TEXTS } from './shipped-texts.js';

/** The texts that an application gives. */
export interface OwnTexts {
  readonly message: string | undefined;
  readonly messages: TextsByLanguage;
}

/**
 * The template for a person: the application's own in one of the person's languages, else its `message`, else a shipped
 * text in one of the person's languages, else English, again the application's own first.
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

/** The shipped texts that can be sent, by language: none beside a `message`, or where the application has its own. */
export function shippedTextsBeside({ message, messages }: OwnTexts): [language: string, template: string][] {
  if (message !== undefined) return [];
  return Object.entries(SHIPPED_TEXTS).filter(([language]) => lookUpText([language], messages) === undefined);
}
