import type { StorageTimeout, TimeLimit } from '../common/time.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { redactedCause } from '../common/redaction.js';
import { isThrown } from '../common/thrown.js';
import { type RedisClient, type ScriptCalls, scriptCallsOf } from './redis-client.js';
import type { RedisScript } from './redis-limit.scripts.js';

/** In braces, so that a cluster stores all counters on one node, where one script can use them. */
const KEY_PREFIX = '{phone-verify}:';

/** One run of a script. */
export interface ScriptRun<T> {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly values: readonly (string | number)[];
  /** Reads the reply; throws for one that the script never makes. */
  readonly parse: (reply: readonly string[]) => T;
  /** Handles a reply that arrives after the time limit. Then the run fails. */
  readonly onLate?: (result: T) => Promise<void>;
}

/** Runs scripts through the application's client: one round trip, and one more where the server has lost the script. */
export class RedisScripts {
  readonly #calls: ScriptCalls;

  constructor(client: RedisClient) {
    this.#calls = scriptCallsOf(client);
  }

  /** @throws {@link StorageUnavailableError} if Redis does not reply in time; it shows neither keys nor values. */
  async run<T>({ script, keys, values, parse, onLate }: ScriptRun<T>, timeout: StorageTimeout): Promise<T> {
    const prefixed = keys.map((key) => KEY_PREFIX + key);
    const texts = values.map(String);
    const work = async (limit: TimeLimit): Promise<T> => {
      const reply = await this.#evaluate(script, prefixed, texts, limit);
      const result = parse([reply].flat().map(String));
      if (limit.isOver && onLate !== undefined) {
        await onLate(result);
        limit.throwIfOver();
      }
      return result;
    };
    try {
      return await timeout.run(work);
    } catch (thrown) {
      if (isThrown(thrown, StorageUnavailableError)) throw thrown;
      throw new StorageUnavailableError({
        storage: 'Redis',
        cause: redactedCause(thrown, { hidden: secretsOf(keys) }),
      });
    }
  }

  async #evaluate(
    { sha1, text }: RedisScript,
    keys: readonly string[],
    values: readonly string[],
    limit: TimeLimit,
  ): Promise<unknown> {
    try {
      return await this.#calls.evalSha(sha1, keys, values);
    } catch (thrown) {
      if (!isThrown(thrown, Error) || !thrown.message.startsWith('NOSCRIPT')) throw thrown;
      // A command that is too late is not run: it would count after the response.
      limit.throwIfOver();
      return this.#calls.eval(text, keys, values);
    }
  }
}

/**
 * Reads a reply that consists of integers. A client can be configured to return them as text.
 *
 * @throws TypeError for any other.
 */
export function readIntegers(reply: readonly string[]): readonly number[] {
  const integers = reply.map((text) => Number.parseInt(text, 10));
  if (!integers.every(Number.isSafeInteger)) throw new TypeError('The reply is not made of integers.');
  return integers;
}

/** What an error about counters does not show: their keys, and whose counters they are. */
function secretsOf(keys: readonly string[]): string[] {
  return keys.flatMap((key) => [key, subjectOf(key)]);
}

/** Whose counter it is: what follows the rule and the length of its window, or the beginning of a key of Redis. */
function subjectOf(key: string): string {
  return key.replace(/^(counted:|(own:)?[^:]*:[^:]*:)/, '');
}
