/**
 * What the limits need of a client of Redis. An `ioredis` client, of one server or of a cluster, has it; so can whatever
 * wraps another client.
 *
 * @publicApi
 */
export interface RedisClient {
  /** Runs a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  /** Runs a script that the server has kept; fails with `NOSCRIPT` when it has not. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/** Whether a value has what {@link RedisClient} needs. */
export function isRedisClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'eval' in value && typeof value.eval === 'function' && 'evalsha' in value && typeof value.evalsha === 'function'
  );
}
