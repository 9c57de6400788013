/**
 * Values for the names in `contextKeys`. Strings only: anything else renders empty.
 *
 * @publicApi
 */
export type MessageContext = Readonly<Record<string, string>>;

/** Names that every template may use. */
export const STANDARD_PLACEHOLDERS: readonly string[] = ['app', 'security_code'];

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Text before a placeholder that may be the first of its line: other placeholders, which may be empty, and white space. */
const BEFORE_FIRST_IN_LINE = /(?:^|[\n\r\u2028\u2029])(?:\{[^{}]*\}|\s)*$/;

/** Characters that end a line or control a terminal: a value with them could forge a line. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

/** The names between braces in a template, each once, in the order of the text. */
export function placeholdersOf(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name ?? ''))];
}

/**
 * Renders a template in one pass: placeholders inside a value are not expanded. Only own properties count, and line
 * breaks in a value become spaces. A missing value renders empty. A value of the context cannot begin a line with `@`:
 * phones could take that line for one bound to a domain.
 */
export function renderMessage(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(PLACEHOLDER, (_whole, name: string, position: number) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== 'string') return '';
    const line = onOneLine(value);
    const isSafe = STANDARD_PLACEHOLDERS.includes(name) || !BEFORE_FIRST_IN_LINE.test(template.slice(0, position));
    return isSafe ? line : line.replace(/^[\s@]*@/, '');
  });
}

/** A context whose values have no line breaks. */
export function withoutLineBreaks(context: MessageContext): MessageContext {
  // Callers in plain JavaScript may pass values of any type.
  const entries = Object.entries(context).map(([name, value]) => [
    name,
    typeof value === 'string' ? onOneLine(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function onOneLine(value: string): string {
  return value.replace(CONTROL_CHARACTERS, ' ');
}
