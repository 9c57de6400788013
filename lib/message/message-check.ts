import type { OptionReader } from '../common/option-reader.js';
import { type Autofill, obstaclesToAutofill, withAutofill } from './autofill.js';
import { findUnsupportedCharacter } from './gsm-7.js';
import { type OwnTexts, shippedTextsBeside } from './message-choice.js';
import { placeholdersOf, renderMessage } from './message-template.js';
import { segments } from './segments.js';

/** What messages are made of, but for their context. */
export interface MessageParts extends OwnTexts {
  readonly contextKeys: readonly string[];
  readonly appName: string;
  readonly tokenLength: number;
  readonly autofill: Autofill;
}

/** In front of what is told of the library's own texts: the option that would replace them. */
const SHIPPED = 'message: is not given, and of the texts that come with the library';

/** What the shipped texts are made for, with a code of six digits. */
const ROOM =
  'one segment has room for an appName of 10 letters and an autofill.domain of 15, without autofill.androidAppHash';

/**
 * Notes what in a template keeps phones from filling the code in. Of the shipped texts only English, which anybody may
 * be sent, stops the application; {@link warningsOfMessages} tells the others.
 */
export function checkMessages(reader: OptionReader, parts: MessageParts): void {
  for (const [name, template] of ownTexts(parts)) {
    for (const obstacle of obstaclesOf(template, parts)) reader.fault(name, obstacle);
  }
  for (const [language, template] of shippedTextsBeside(parts)) {
    if (language !== 'en') continue;
    for (const obstacle of obstaclesOf(template, parts))
      reader.faults.push(`${SHIPPED} the one in English ${obstacle}`);
  }
}

/** What an operator should know of the templates. */
export function warningsOfMessages(parts: MessageParts, hasControllers: boolean): string[] {
  return [
    ...ownTexts(parts).flatMap((text) => warningsOfOwn(text, parts, hasControllers)),
    ...warningsOfShipped(parts),
  ];
}

function warningsOfOwn([name, template]: [string, string], parts: MessageParts, hasControllers: boolean): string[] {
  const warnings: string[] = [];
  const used = placeholdersOf(template).filter((placeholder) => parts.contextKeys.includes(placeholder));
  if (hasControllers && used.length > 0) {
    const names = used.map((placeholder) => `{${placeholder}}`).join(', ');
    warnings.push(
      `${name}: ${names} renders empty in messages asked for over HTTP; only callers of the service give context`,
    );
  }
  const { count, encoding, units, unsupportedCharacter } = segments(rendered(template, parts).message);
  if (count > 1) {
    const cause =
      unsupportedCharacter === undefined ? '' : `, because ${JSON.stringify(unsupportedCharacter)} is not in GSM-7`;
    warnings.push(`${name}: takes ${count} segments (${units} units of ${encoding}${cause}); each is billed`);
  }
  return warnings;
}

function warningsOfShipped(parts: MessageParts): string[] {
  const shipped = shippedTextsBeside(parts);
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
    const cause = unsupported === undefined ? ROOM : `${JSON.stringify(unsupported)} of appName is not in GSM-7`;
    const languages = costly.map(({ language, count }) => `${language} (${count})`).join(', ');
    warnings.push(`${SHIPPED} these take more than one segment, each of which is billed: ${languages}; ${cause}`);
  }
  return warnings;
}

/** The application's templates, each with the name of its option. */
function ownTexts({ message, messages }: OwnTexts): [name: string, template: string][] {
  const byLanguage = Object.entries(messages).map(([tag, text]): [string, string] => [`messages.${tag}`, text]);
  return message === undefined ? byLanguage : [['message', message], ...byLanguage];
}

function obstaclesOf(template: string, parts: MessageParts): string[] {
  const { text, message } = rendered(template, parts);
  return obstaclesToAutofill(text, message, parts.autofill);
}

/** A message as it is sent with a code of digits and without context: the text alone, and with the lines for autofill. */
function rendered(
  template: string,
  { appName, tokenLength, autofill }: MessageParts,
): { text: string; message: string } {
  const securityCode = '0'.repeat(tokenLength);
  const text = renderMessage(template, { app: appName, security_code: securityCode });
  return { text, message: withAutofill(text, securityCode, autofill) };
}
