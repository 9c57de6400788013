import type { OptionReader } from '../option-reader.js';
import { DEFAULT_MESSAGE, placeholdersOf, STANDARD_PLACEHOLDERS } from './message-template.js';

/** Reads the further names that a template may use. */
export function readContextKeys(reader: OptionReader): readonly string[] {
  const keys = reader.texts('contextKeys');
  for (const key of keys) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      reader.fault('contextKeys', `"${key}" is not a name of letters, digits and _`);
    if (STANDARD_PLACEHOLDERS.includes(key)) reader.fault('contextKeys', `"${key}" is the library's own`);
  }
  return keys;
}

/** Reads the template; every placeholder in it must be known. */
export function readMessage(reader: OptionReader, contextKeys: readonly string[]): string {
  const message = reader.text('message', DEFAULT_MESSAGE);
  const used = placeholdersOf(message);
  const known = [...STANDARD_PLACEHOLDERS, ...contextKeys];
  if (!used.includes('security_code')) reader.fault('message', 'must contain {security_code}');
  for (const name of used.filter((placeholder) => !known.includes(placeholder))) {
    reader.fault('message', `{${name}} is not known; known are ${known.map((key) => `{${key}}`).join(', ')}`);
  }
  return message;
}
