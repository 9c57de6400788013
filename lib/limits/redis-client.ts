/**
 * What the limits need of a client of `ioredis`: of one server, of a cluster, or one that finds its server through
 * Sentinel. A wrapper of any other client can provide it.
 *
 * @publicApi
 */
export interface IoRedisClient {
  /** Runs a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  /** Runs a script that the server has cached; fails with `NOSCRIPT` if it has not. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/**
 * What the limits need of a client, a pool, a cluster or a Sentinel client of `redis` (node-redis) 5. The application
 * connects it.
 *
 * @publicApi
 */
export interface NodeRedisClient {
  /** Runs a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** Runs a script that the server has cached; fails with `NOSCRIPT` if it has not. */
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/**
 * A client of Redis: of `ioredis` or of `redis` (node-redis).
 *
 * @publicApi
 */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** Runs scripts in the same way on every client. */
export interface ScriptCalls {
  eval(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  evalSha(sha1: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
}

/** How scripts are run on this client. */
export function scriptCallsOf(client: RedisClient): ScriptCalls {
  if (isNodeRedis(client)) {
    return {
      eval: (script, keys, values) => client.eval(script, { keys: [...keys], arguments: [...values] }),
      evalSha: (sha1, keys, values) => client.evalSha(sha1, { keys: [...keys], arguments: [...values] }),
    };
  }
  return {
    eval: (script, keys, values) => client.eval(script, keys.length, ...keys, ...values),
    evalSha: (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
  };
}

/** Whether a value has what {@link RedisClient} needs. */
export function isRedisClient(value: unknown): value is RedisClient {
  return (
    typeof value === 'object' && value !== null && has(value, 'eval') && (has(value, 'evalsha') || isNodeRedis(value))
  );
}

/** `ioredis` has all commands in lower case; node-redis has this one in camel case. */
function isNodeRedis(value: object): value is NodeRedisClient {
  return has(value, 'evalSha');
}

function has(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function';
}
