/** A number as logs and errors show it: `+14155552671` becomes `+141******71`. */
export function maskPhoneNumber(e164: string): string {
  return e164.slice(0, 4) + '*'.repeat(Math.max(0, e164.length - 6)) + e164.slice(-2);
}

/** What must not stand in a text that leaves the library. */
export interface Secrets {
  /** Codes and tokens, removed wherever they stand, whatever separates their characters. */
  readonly hidden: readonly string[];
  /** Numbers in E.164, masked in any grouping, with their `+` or without. */
  readonly phoneNumbers?: readonly string[];
}

/** No code is shorter; a shorter text that a client gave as one would only tear other secrets apart. */
const SHORTEST_SECRET = 4;

/** Longer texts are looked for as they stand. */
const LONGEST_SPELLED_SECRET = 64;

/**
 * What must not stand in an error about a message: the message, and every word of it with a digit, since one of them is
 * the code.
 */
export function secretsIn(message: string, phoneNumbers: readonly string[]): Secrets {
  const words = message.match(/\S*\d\S*/g) ?? [];
  const bare = words.map((word) => word.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ''));
  return { hidden: [message, ...words, ...bare], phoneNumbers };
}

/**
 * Takes codes, tokens and numbers out of a text that somebody else wrote, such as a provider's answer. The longest
 * first: a client may have given a part of another secret as its code.
 */
export function redact(text: string, { hidden, phoneNumbers = [] }: Secrets): string {
  const numbers = phoneNumbers.map((number) => ({
    secret: number.slice(1),
    prefix: '\\+?',
    by: maskPhoneNumber(number),
  }));
  const others = hidden.map((secret) => ({ secret, prefix: '', by: '[redacted]' }));
  return [...numbers, ...others]
    .filter(({ secret }) => secret.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.secret.length - one.secret.length)
    .reduce((result, { secret, prefix, by }) => {
      const spelling = spelled(secret, prefix);
      const respelled = spelling === undefined ? result : result.replace(spelling, () => by);
      return respelled.replaceAll(secret, () => by);
    }, text);
}

/**
 * Matches a text in any grouping: up to three characters that are neither letters nor digits, or percent-encoded,
 * between two that are. The group is taken whole (a lookahead does not try again), so that no text costs more than its
 * length.
 */
function spelled(text: string, prefix: string): RegExp | undefined {
  const characters = text.replace(/[^A-Za-z0-9]/g, '');
  if (characters.length < SHORTEST_SECRET || characters.length > LONGEST_SPELLED_SECRET) return undefined;
  const pattern = Array.from(characters).reduce(
    (result, character, index) =>
      `${result}(?=(?<gap${index}>(?:%[0-9A-Fa-f]{2}|[^A-Za-z0-9]){0,3}))\\k<gap${index}>${character}`,
  );
  return new RegExp(prefix + pattern, 'g');
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
