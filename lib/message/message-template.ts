/**
 * Values for the further names of a template, by name. Strings only: anything else renders empty.
 *
 * @publicApi
 */
export type MessageContext = Readonly<Record<string, string>>;

/** The text that is sent when the application gives none. */
export const DEFAULT_MESSAGE = 'Your {app} security code is {security_code}. Do not share it with anyone.';

/** Names that every template may use. */
export const STANDARD_PLACEHOLDERS: readonly string[] = ['app', 'security_code'];

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Characters that end a line or control a terminal: from a value they could forge a line of their own. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

/** The names between braces in a template, each once, in the order of the text. */
export function placeholdersOf(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name ?? ''))];
}

/**
 * Fills a template in one pass: what a value contains is never expanded again. Only own properties count, and line
 * breaks in a value become spaces. A name that is not given renders empty.
 */
export function renderMessage(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' ? value.replace(CONTROL_CHARACTERS, ' ') : '';
  });
}
