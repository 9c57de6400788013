import type { OptionReader } from '../common/option-reader.js';
import { type Autofill, obstaclesToAutofill, withAutofill } from './autofill.js';
import { findUnsupportedCharacter } from './gsm-7.js';
import { type OwnTexts, unreplacedShippedTexts } from './message-choice.js';
import { placeholdersOf, renderMessage } from './message-template.js';
import { segments } from './segments.js';

/** The options that decide the texts of messages. */
export interface MessageParts extends OwnTexts {
  readonly contextKeys: readonly string[];
  readonly appName: string;
  readonly tokenLength: number;
  readonly autofill: Autofill;
}

/** Begins every line about the library's own texts: names the option that replaces them. */
const SHIPPED = 'message: is not given, and of the texts that come with the library';

/** The lengths for which the shipped texts fit into one segment, with a code of six digits. */
const SEGMENT_CAPACITY =
  'one segment has room for an appName of 10 letters and an autofill.domain of 15, without autofill.androidAppHash';

/**
 * Records a validation error for each template that prevents autofill. Of the shipped texts, only English, which any user
 * may receive, stops the application; the others are in {@link warningsOfMessages}.
 */
export function checkMessages(reader: OptionReader, parts: MessageParts): void {
  for (const [name, template] of ownTexts(parts)) {
    for (const obstacle of obstaclesOf(template, parts)) reader.fault(name, obstacle);
  }
  for (const [language, template] of unreplacedShippedTexts(parts)) {
    if (language !== 'en') continue;
    for (const obstacle of obstaclesOf(template, parts))
      reader.faults.push(`${SHIPPED} the one in English ${obstacle}`);
  }
}

/** Startup warnings about the templates. */
export function warningsOfMessages(parts: MessageParts, { hasRoutes }: { readonly hasRoutes: boolean }): string[] {
  const own = ownTexts(parts);
  return [
    ...(hasRoutes ? own.flatMap((text) => warningsOfContext(text, parts)) : []),
    ...own.flatMap((text) => warningsOfSegments(text, parts)),
    ...warningsOfShipped(parts),
  ];
}

/** Over HTTP a message has no context. */
function warningsOfContext([name, template]: [string, string], { contextKeys }: MessageParts): string[] {
  const used = placeholdersOf(template).filter((placeholder) => contextKeys.includes(placeholder));
  if (used.length === 0) return [];
  const names = used.map((placeholder) => `{${placeholder}}`).join(', ');
  return [
    `${name}: ${names} renders empty in messages requested over HTTP; only callers of the service pass a context`,
  ];
}

function warningsOfSegments([name, template]: [string, string], parts: MessageParts): string[] {
  const { count, encoding, units, unsupportedCharacter } = segments(rendered(template, parts).message);
  if (count === 1) return [];
  const cause =
    unsupportedCharacter === undefined ? '' : `, because ${JSON.stringify(unsupportedCharacter)} is not in GSM-7`;
  return [`${name}: takes ${count} segments (${units} units of ${encoding}${cause}); each is billed`];
}

function warningsOfShipped(parts: MessageParts): string[] {
  const shipped = unreplacedShippedTexts(parts);
  const warnings: string[] = [];
  const unreadable = shipped.filter(([, template]) => obstaclesOf(template, parts).length > 0);
  if (unreadable.length > 0) {
    const languages = unreadable.map(([language]) => language).join(', ');
    warnings.push(
      `${SHIPPED} these are too long for Android's SMS Retriever with the lines for autofill: ${languages}`,
    );
  }
  const costly = shipped
    .map(([language, template]) => ({ language, count: segments(rendered(template, parts).message).count }))
    .filter(({ count }) => count > 1);
  if (costly.length > 0) {
    const unsupported = findUnsupportedCharacter(parts.appName);
    const cause =
      unsupported === undefined ? SEGMENT_CAPACITY : `${JSON.stringify(unsupported)} of appName is not in GSM-7`;
    const languages = costly.map(({ language, count }) => `${language} (${count})`).join(', ');
    warnings.push(`${SHIPPED} these take more than one segment, each of which is billed: ${languages}; ${cause}`);
  }
  return warnings;
}

/** The application's templates, with the names of their options. */
function ownTexts({ message, messages }: OwnTexts): [name: string, template: string][] {
  const byLanguage = Object.entries(messages).map(([tag, text]): [string, string] => [`messages.${tag}`, text]);
  return message === undefined ? byLanguage : [['message', message], ...byLanguage];
}

function obstaclesOf(template: string, parts: MessageParts): string[] {
  const { text, message } = rendered(template, parts);
  return obstaclesToAutofill(text, message, parts.autofill);
}

/** A message with a code of digits and without context: the text alone, and with the autofill lines. */
function rendered(
  template: string,
  { appName, tokenLength, autofill }: MessageParts,
): { text: string; message: string } {
  const securityCode = '0'.repeat(tokenLength);
  const text = renderMessage(template, { app: appName, security_code: securityCode });
  return { text, message: withAutofill(text, securityCode, autofill) };
}
