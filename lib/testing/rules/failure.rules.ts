import { equal, ok } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import type { ProviderScenario } from '../backend-under-test.js';
import { KINDS } from '../expectations.js';
import { contextUntil, failureOf, type TestMessage, testMessage } from '../sending.js';
import type { Subject } from '../subject.js';
import type { Rule } from './rule.js';

/** Time for the request to start. No outcome depends on it. */
const UNDER_WAY_MS = 50;

/** An aborted send must end within this time. */
const ABORT_LIMIT_MS = 2_000;

/** Kinds of an aborted send: it is unknown whether it was sent, or it was not sent. */
const KINDS_OF_ABORTED: readonly SmsDeliveryErrorKind[] = ['unknown', 'unavailable'];

/** Rules for sends that the provider does not accept. */
export const failureRules: readonly Rule[] = [
  ...KINDS.map((kind): Rule => ({
    name: `reports a failure as ${kind}, without secrets`,
    lacks: (subject) => lacksScenario(subject, kind),
    check: async (subject) => {
      const message = testMessage();
      await play(subject, kind, message);
      const error = await failureOf(subject, message, contextUntil(new AbortController().signal));
      equal(error.kind, kind, `the kind of the error is ${error.kind}, not ${kind}`);
    },
  })),
  {
    name: 'ends when the signal aborts',
    lacks: (subject) => lacksScenario(subject, 'hanging'),
    check: async (subject) => {
      const message = testMessage();
      await play(subject, 'hanging', message);
      const controller = new AbortController();
      const failing = failureOf(subject, message, contextUntil(controller.signal), UNDER_WAY_MS + ABORT_LIMIT_MS);
      // Rejections before the `await` below are handled there.
      failing.catch(() => undefined);
      await delay(UNDER_WAY_MS);
      controller.abort();
      expectAborted((await failing).kind);
    },
  },
  {
    name: 'ends when the signal was already aborted',
    lacks: (subject) => lacksScenario(subject, 'hanging'),
    check: async (subject) => {
      const message = testMessage();
      await play(subject, 'hanging', message);
      const error = await failureOf(subject, message, contextUntil(AbortSignal.abort()), ABORT_LIMIT_MS);
      expectAborted(error.kind);
    },
  },
];

function expectAborted(kind: SmsDeliveryErrorKind): void {
  ok(
    KINDS_OF_ABORTED.includes(kind),
    `the kind of an aborted send must be ${KINDS_OF_ABORTED.join(' or ')}, not ${kind}`,
  );
}

/** What is missing if the factory does not provide a scenario. */
function lacksScenario({ given }: Subject, name: ProviderScenario): string | undefined {
  return given.scenarios?.[name] === undefined ? `the factory provides no scenario "${name}"` : undefined;
}

/** Switches the simulated provider to a scenario. */
export async function play({ given }: Subject, name: ProviderScenario, sent: TestMessage): Promise<void> {
  await given.scenarios?.[name]?.(sent);
}
