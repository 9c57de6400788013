import { OptionReader } from '../common/option-reader.js';
import { canonicalTag, type TextsByLanguage } from './language-lookup.js';
import { placeholdersOf, STANDARD_PLACEHOLDERS } from './message-template.js';

/** Reads `contextKeys`, the further names that a template may use. */
export function readContextKeys(reader: OptionReader): readonly string[] {
  const keys = reader.texts('contextKeys');
  for (const key of keys) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      reader.fault('contextKeys', `"${key}" is not a name of letters, digits and _`);
    if (STANDARD_PLACEHOLDERS.includes(key)) reader.fault('contextKeys', `"${key}" is the library's own`);
  }
  return keys;
}

/** Reads `message`. */
export function readMessage(reader: OptionReader, contextKeys: readonly string[]): string | undefined {
  return reader.value('message') === undefined ? undefined : readTemplate(reader, 'message', contextKeys);
}

/** Reads `messages`, with language tags in canonical spelling. */
export function readMessages(options: OptionReader, contextKeys: readonly string[]): TextsByLanguage {
  const given = options.object('messages');
  const reader = new OptionReader(given, options.faults, 'messages.');
  const tags = Object.keys(given).filter((tag) => reader.value(tag) !== undefined);
  const isValidObject = given === options.value('messages');
  if (isValidObject && tags.length === 0) options.fault('messages', 'must have a text');
  const texts = new Map<string, string>();
  for (const tag of tags) {
    const canonical = canonicalTag(tag);
    const template = readTemplate(reader, tag, contextKeys);
    if (canonical === undefined) reader.fault(tag, 'is not a language tag (BCP 47), such as en or pt-BR');
    else if (texts.has(canonical)) reader.fault(tag, `is there already, in another spelling of ${canonical}`);
    else texts.set(canonical, template);
  }
  return Object.freeze(Object.fromEntries(texts));
}

function readTemplate(reader: OptionReader, name: string, contextKeys: readonly string[]): string {
  const template = reader.text(name, '{security_code}');
  const used = placeholdersOf(template);
  const known = [...STANDARD_PLACEHOLDERS, ...contextKeys];
  if (!used.includes('security_code')) reader.fault(name, 'must contain {security_code}');
  for (const placeholder of used.filter((each) => !known.includes(each))) {
    reader.fault(
      name,
      `{${placeholder}} is not known; known are ${known.map((key) => `{${key}}`).join(', ')}; add others to \`contextKeys\``,
    );
  }
  return template;
}
