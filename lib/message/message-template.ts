/**
 * Values for the further names of a template, by name. Strings only: anything else renders empty.
 *
 * @publicApi
 */
export type MessageContext = Readonly<Record<string, string>>;

/** Names that every template may use. */
export const STANDARD_PLACEHOLDERS: readonly string[] = ['app', 'security_code'];

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What stands before a placeholder that can open a line: other placeholders, which may be empty, and white space. */
const OPENING_OF_A_LINE = /(?:^|[\n\r\u2028\u2029])(?:\{[^{}]*\}|\s)*$/;

/** Characters that end a line or control a terminal: from a value they could forge a line of their own. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

/** The names between braces in a template, each once, in the order of the text. */
export function placeholdersOf(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name ?? ''))];
}

/**
 * Fills a template in one pass: what a value contains is never expanded again. Only own properties count, and line
 * breaks in a value become spaces. A name that is not given renders empty. A value of the context cannot begin a line
 * with `@`: phones could take that line for one bound to a domain.
 */
export function renderMessage(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(PLACEHOLDER, (_whole, name: string, position: number) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== 'string') return '';
    const line = onOneLine(value);
    const isSafe = STANDARD_PLACEHOLDERS.includes(name) || !OPENING_OF_A_LINE.test(template.slice(0, position));
    return isSafe ? line : line.replace(/^[\s@]*@/, '');
  });
}

/** A context whose values have no line breaks. */
export function withoutLineBreaks(context: MessageContext): MessageContext {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, cleaned(value)]));
}

/** Callers in plain JavaScript may have put anything there. */
function cleaned<T>(value: T): T | string {
  return typeof value === 'string' ? onOneLine(value) : value;
}

function onOneLine(value: string): string {
  return value.replace(CONTROL_CHARACTERS, ' ');
}
