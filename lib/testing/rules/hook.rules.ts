import { ok } from 'node:assert/strict';
import { isSecurityCode } from '../../common/code-format.js';
import { VerificationStatus } from '../../common/verification-status.js';
import { inTime, testMessage } from '../sending.js';
import type { Subject } from '../subject.js';
import type { Rule } from './rule.js';

const HOOK_LIMIT_MS = 4_000;
const STATUSES: ReadonlySet<unknown> = new Set(Object.values(VerificationStatus));
const GENERATED_CODES = 20;

type HookName = 'generateSecurityCode' | 'generateMessage' | 'validateSecurityCode';

/** Rules for the optional hooks. Each may return nothing, then the library's default applies. */
export const hookRules: readonly Rule[] = [
  {
    name: 'generates codes of 4 to 32 printable ASCII characters without spaces',
    lacks: (subject) => lacksHook(subject, 'generateSecurityCode'),
    check: async (subject) => {
      for (let count = 0; count < GENERATED_CODES; count += 1) {
        const code = await generatedCode(subject);
        if (code === undefined) continue;
        ok(typeof code === 'string' && isSecurityCode(code), 'generateSecurityCode returns an invalid code');
      }
    },
  },
  {
    name: 'writes messages that contain the code',
    lacks: (subject) => lacksHook(subject, 'generateMessage'),
    check: async (subject) => {
      const generated = await generatedCode(subject);
      const code = typeof generated === 'string' ? generated : testMessage().code;
      for (const context of [undefined, {}, { username: 'Ada' }]) {
        const text: unknown = await inTime('generateMessage', HOOK_LIMIT_MS, () =>
          subject.backend.generateMessage?.(code, context),
        );
        if (text === undefined || text === null) continue;
        ok(
          typeof text === 'string' && text.includes(code),
          'generateMessage must return a text that contains the code',
        );
      }
    },
  },
  {
    name: 'returns a known status from validateSecurityCode',
    lacks: (subject) => lacksHook(subject, 'validateSecurityCode'),
    check: async ({ backend }) => {
      const { number, code } = testMessage();
      const result: unknown = await inTime('validateSecurityCode', HOOK_LIMIT_MS, () =>
        backend.validateSecurityCode?.(code, number, 'a-session-token-that-nobody-was-given'),
      );
      if (result === undefined || result === null) return;
      ok(
        typeof result === 'object' && 'status' in result && STATUSES.has(result.status),
        'validateSecurityCode must return a { status } of VerificationStatus',
      );
    },
  },
];

function lacksHook({ backend }: Subject, name: HookName): string | undefined {
  return typeof backend[name] === 'function' ? undefined : `the backend has no ${name}`;
}

/** `undefined` if the library generates the code. */
async function generatedCode({ backend }: Subject): Promise<unknown> {
  const code: unknown = await inTime('generateSecurityCode', HOOK_LIMIT_MS, () => backend.generateSecurityCode?.());
  return code ?? undefined;
}
