import { equal, ok } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import type { ProviderScenario } from '../backend-under-test.js';
import { KINDS } from '../expectations.js';
import { contextUntil, failureOf, type TestMessage, testMessage } from '../sending.js';
import type { Subject } from '../subject.js';
import type { Rule } from './rule.js';

/** Time for a request to be on its way. No outcome depends on it. */
const UNDER_WAY_MS = 50;

/** A send that is given up must end in this time. */
const ABORT_LIMIT_MS = 2_000;

/** Kinds that an aborted send may have: it is not known to be sent, or known not to be. */
const KINDS_OF_ABORTED: readonly SmsDeliveryErrorKind[] = ['unknown', 'unavailable'];

/** What a send does that the provider does not take. */
export const failureRules: readonly Rule[] = [
  ...KINDS.map((kind): Rule => ({
    name: `says that a failure is ${kind}, and shows nothing secret`,
    lacks: (subject) => lacksScenario(subject, kind),
    check: async (subject) => {
      const message = testMessage();
      await play(subject, kind, message);
      const error = await failureOf(subject, message, contextUntil(new AbortController().signal));
      equal(error.kind, kind, `the error says ${error.kind}, not ${kind}`);
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
      // Not handled yet while the request is getting under way.
      failing.catch(() => undefined);
      await delay(UNDER_WAY_MS);
      controller.abort();
      expectAborted((await failing).kind);
    },
  },
  {
    name: 'ends when the signal has aborted before',
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
  ok(KINDS_OF_ABORTED.includes(kind), `an aborted send is ${KINDS_OF_ABORTED.join(' or ')}, not ${kind}`);
}

/** What to tell when a scenario is not given. */
function lacksScenario({ given }: Subject, name: ProviderScenario): string | undefined {
  return given.scenarios?.[name] === undefined ? `the factory gives no scenario "${name}"` : undefined;
}

/** Makes the provider behave. */
export async function play({ given }: Subject, name: ProviderScenario, sent: TestMessage): Promise<void> {
  await given.scenarios?.[name]?.(sent);
}
