/** A number as logs and errors show it: `+14155552671` becomes `+141******71`. */
export function maskPhoneNumber(e164: string): string {
  return e164.slice(0, 4) + '*'.repeat(Math.max(0, e164.length - 6)) + e164.slice(-2);
}

/** Values to redact from outgoing text. */
export interface Secrets {
  /** Codes and tokens, removed in any grouping of their characters. */
  readonly hidden: readonly string[];
  /** Numbers in E.164, masked in any grouping, with or without `+`. */
  readonly phoneNumbers?: readonly string[];
}

/** No code is shorter. A shorter text that a client sent as a code would only split other secrets. */
const MIN_SECRET_LENGTH = 4;

/** Longer secrets are searched only in their original grouping. */
const MAX_REGROUPED_LENGTH = 64;

/**
 * Values to redact from an error about a message whose code is not known: the message, and every word of it that has a
 * digit, because one of them is the code.
 */
export function secretsIn(message: string, phoneNumbers: readonly string[]): Secrets {
  const words = message.match(/\S*\d\S*/g) ?? [];
  const bare = words.map((word) => word.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ''));
  return { hidden: [message, ...words, ...bare], phoneNumbers };
}

/**
 * Redacts codes, tokens and numbers from a text of unknown content, such as a provider's response. The longest first: a
 * client may have sent a part of another secret as its code.
 */
export function redact(text: string, { hidden, phoneNumbers = [] }: Secrets): string {
  const numbers = phoneNumbers.map((number) => ({
    secret: number.slice(1),
    prefix: '\\+?',
    by: maskPhoneNumber(number),
  }));
  const others = hidden.map((secret) => ({ secret, prefix: '', by: '[redacted]' }));
  return [...numbers, ...others]
    .filter(({ secret }) => secret.length >= MIN_SECRET_LENGTH)
    .toSorted((one, other) => other.secret.length - one.secret.length)
    .reduce((result, { secret, prefix, by }) => {
      const pattern = anyGrouping(secret, prefix);
      const redacted = pattern === undefined ? result : result.replace(pattern, () => by);
      return redacted.replaceAll(secret, () => by);
    }, text);
}

/**
 * Matches a text in any grouping: up to three characters that are neither letters nor digits, or percent-encoded,
 * between two that are. A lookahead does not backtrack, so the time is linear in the length of the text.
 */
function anyGrouping(text: string, prefix: string): RegExp | undefined {
  const characters = text.replace(/[^A-Za-z0-9]/g, '');
  if (characters.length < MIN_SECRET_LENGTH || characters.length > MAX_REGROUPED_LENGTH) return undefined;
  const pattern = Array.from(characters).reduce(
    (result, character, index) =>
      `${result}(?=(?<gap${index}>(?:%[0-9A-Fa-f]{2}|[^A-Za-z0-9]){0,3}))\\k<gap${index}>${character}`,
  );
  return new RegExp(prefix + pattern, 'g');
}

/** A redacted copy of anything that was thrown: name, message and code, without other properties. */
export function redactedCause(thrown: unknown, secrets: Secrets): Error {
  const { name, message, code } = describeThrown(thrown);
  const cause = new Error(redact(message, secrets));
  cause.name = redact(name, secrets);
  // The original stack begins with the message; the stack of this copy is useless.
  delete cause.stack;
  return code === undefined ? cause : Object.assign(cause, { code: redact(code, secrets) });
}

/** Name, message and code of anything that can be thrown, also if its getters throw. */
function describeThrown(thrown: unknown): { name: string; message: string; code: string | undefined } {
  try {
    if (thrown instanceof Error) {
      const code: unknown = 'code' in thrown ? thrown.code : undefined;
      // Declared as strings, but they may be anything.
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
