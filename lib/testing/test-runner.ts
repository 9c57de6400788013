/**
 * The two functions of a test runner that the suite needs, as those of Vitest, Jest and `node:test`.
 *
 * @publicApi
 */
export interface TestRunner {
  /** Groups tests. */
  readonly describe: (name: string, define: () => void) => unknown;
  /** Defines a test. What the runner passes to it is used to mark a test as skipped, if possible. */
  readonly it: (name: string, run: (...context: unknown[]) => Promise<void>) => unknown;
}

/** The runner whose globals exist, otherwise `node:test`. */
export function defaultRunner(): TestRunner {
  const globals: unknown = globalThis;
  if (isRunner(globals)) return globals;
  // Another runner would not show the results of `node:test`.
  for (const [variable, module] of RUNNERS_WITHOUT_GLOBALS) {
    if (process.env[variable] === undefined) continue;
    throw new Error(`describeBackend: no global describe and it; pass those of ${module} as the second argument`);
  }
  // Not imported, so that no other runner loads it.
  const builtIn: unknown = process.getBuiltinModule('node:test');
  if (isRunner(builtIn)) return builtIn;
  throw new Error('describeBackend: no test runner; pass { describe, it } as the second argument');
}

/** Environment variables that runners set in their test processes, and the module of their functions. */
const RUNNERS_WITHOUT_GLOBALS = [
  ['VITEST', 'vitest'],
  ['JEST_WORKER_ID', '@jest/globals'],
] as const;

function isRunner(value: unknown): value is TestRunner {
  return isObject(value) && isCallable(value, 'describe') && isCallable(value, 'it');
}

/** Marks the running test as skipped, if the runner passes a way to do so. */
export function skip([context]: readonly unknown[], reason: string): void {
  if (isObject(context) && isCallable(context, 'skip')) context.skip(reason);
}

/** An object or a function: a runner may pass a function with properties. */
function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

function isCallable<Name extends string>(
  value: object,
  name: Name,
): value is Record<Name, (...parameters: unknown[]) => unknown> {
  return typeof Reflect.get(value, name) === 'function';
}
