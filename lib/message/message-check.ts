import type { OptionReader } from '../option-reader.js';
import { type Autofill, obstaclesToAutofill, withAutofill } from './autofill.js';
import { placeholdersOf, renderMessage } from './message-template.js';
import { segments } from './segments.js';

/** What a message is made of, but for its context. */
export interface MessageParts {
  readonly message: string;
  readonly contextKeys: readonly string[];
  readonly appName: string;
  readonly tokenLength: number;
  readonly autofill: Autofill;
}

/** Notes what in a template keeps phones from filling the code in. */
export function checkMessage(reader: OptionReader, parts: MessageParts): void {
  const { text, message } = rendered(parts);
  for (const obstacle of obstaclesToAutofill(text, message, parts.autofill)) reader.fault('message', obstacle);
}

/** What an operator should know of a template. */
export function warningsOfMessage(parts: MessageParts, hasControllers: boolean): string[] {
  const warnings: string[] = [];
  const used = placeholdersOf(parts.message).filter((name) => parts.contextKeys.includes(name));
  if (hasControllers && used.length > 0) {
    const names = used.map((name) => `{${name}}`).join(', ');
    warnings.push(
      `message: ${names} renders empty in messages asked for over HTTP; only callers of the service give context`,
    );
  }
  const { count, encoding, units, culprit } = segments(rendered(parts).message);
  if (count > 1) {
    const cause = culprit === undefined ? '' : `, because ${JSON.stringify(culprit)} is not in GSM-7`;
    warnings.push(`message: takes ${count} segments (${units} units of ${encoding}${cause}); each is billed`);
  }
  return warnings;
}

/** A message as it is sent with a code of digits and without context: the text alone, and with the lines for autofill. */
function rendered({ message, appName, tokenLength, autofill }: MessageParts): { text: string; message: string } {
  const securityCode = '0'.repeat(tokenLength);
  const text = renderMessage(message, { app: appName, security_code: securityCode });
  return { text, message: withAutofill(text, securityCode, autofill) };
}
