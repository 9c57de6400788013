import type { BackendFactory } from './backend-under-test.js';
import { bulkRules } from './rules/bulk.rules.js';
import { classRules } from './rules/class.rules.js';
import { failureRules } from './rules/failure.rules.js';
import { hookRules } from './rules/hook.rules.js';
import type { Rule } from './rules/rule.js';
import { sendRules } from './rules/send.rules.js';
import { withSubject } from './subject.js';
import { defaultRunner, skip, type TestRunner } from './test-runner.js';

const RULES: readonly Rule[] = [...classRules, ...sendRules, ...failureRules, ...bulkRules, ...hookRules];

/**
 * Defines the tests that every backend must pass. Each test has its own backend, started and stopped with the lifecycle
 * hooks that an application calls. A test is skipped (in Jest: passes) if it needs something that the factory does not
 * provide, or an optional hook that the backend does not have.
 *
 * ```ts
 * describeBackend(async () => {
 *   const gateway = await startFakeGateway();
 *   return {
 *     backend: AcmeBackend,
 *     options: { url: gateway.url, key: 'key-of-the-account' },
 *     credentials: ['key-of-the-account'],
 *     messages: () => gateway.messages,
 *     scenarios: { throttled: () => gateway.answer(429), hanging: () => gateway.hang() },
 *     close: () => gateway.close(),
 *   };
 * });
 * ```
 *
 * @param factory - Makes the backend and its simulated provider.
 * @param runner - `describe` and `it` of the test runner. Default: its globals, otherwise those of `node:test`.
 * @publicApi
 */
export function describeBackend(factory: BackendFactory, runner: TestRunner = defaultRunner()): void {
  const { describe, it } = runner;
  describe('a backend of nestjs-phone-verify', () => {
    for (const rule of RULES) {
      // A rest parameter, because Jest treats a named parameter as a callback.
      it(rule.name, async (...context) => {
        const missing = await withSubject(factory, async (subject) => {
          const lacks = rule.lacks?.(subject);
          if (lacks === undefined) await rule.check(subject);
          return lacks;
        });
        if (missing !== undefined) skip(context, missing);
      });
    }
  });
}
