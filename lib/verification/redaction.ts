/** A number as logs and errors show it: `+14155552671` becomes `+141******71`. */
export function maskPhoneNumber(e164: string): string {
  return e164.slice(0, 4) + '*'.repeat(Math.max(0, e164.length - 6)) + e164.slice(-2);
}

/** What must not stand in a text that leaves the library. */
export interface Secrets {
  /** Codes and tokens, removed wherever they stand, whatever separates their characters. */
  readonly hidden: readonly string[];
  /** A number in E.164, masked in any grouping, with its `+` or without. */
  readonly phoneNumber?: string;
}

/** Takes codes, tokens and numbers out of a text that somebody else wrote, such as a provider's answer. */
export function redact(text: string, secrets: Secrets): string {
  const hidden = secrets.hidden
    .filter((secret) => secret.length > 0)
    .reduce((result, secret) => result.replace(spelled(secret), '[redacted]'), text);
  if (secrets.phoneNumber === undefined) return hidden;
  const masked = maskPhoneNumber(secrets.phoneNumber);
  return hidden.replace(spelled(secrets.phoneNumber.slice(1), '\\+?'), () => masked);
}

/** Matches a text in any grouping: up to three characters that are neither letters nor digits, or percent-encoded. */
function spelled(text: string, prefix = ''): RegExp {
  const characters = Array.from(text, (character) => character.replace(/[^A-Za-z0-9]/g, String.raw`\$&`));
  return new RegExp(prefix + characters.join('(?:%[0-9A-Fa-f]{2}|[^A-Za-z0-9]){0,3}'), 'g');
}

/** What is known of anything that was thrown, as an error without its properties, with nothing secret in its texts. */
export function redactedCause(thrown: unknown, secrets: Secrets): Error {
  const { name, message, code } = describeThrown(thrown);
  const cause = new Error(redact(message, secrets));
  cause.name = redact(name, secrets);
  // The stack of what was thrown begins with its message and can name anything; the one made here says nothing.
  delete cause.stack;
  return code === undefined ? cause : Object.assign(cause, { code: redact(code, secrets) });
}

/** Name, text and code of anything that can be thrown, of any type, whatever its getters do. */
function describeThrown(thrown: unknown): { name: string; message: string; code: string | undefined } {
  try {
    if (thrown instanceof Error) {
      const code: unknown = 'code' in thrown ? thrown.code : undefined;
      // Declared as strings, but whoever threw may have put anything there.
      const { name, message }: { name: unknown; message: unknown } = thrown;
      return {
        name: String(name),
        message: String(message),
        code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
      };
    }
    return { name: 'Error', message: `thrown: ${String(thrown)}`, code: undefined };
  } catch {
    return { name: 'Error', message: 'thrown: something that cannot be described', code: undefined };
  }
}
