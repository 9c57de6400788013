import { type BackendUnderTest, describeBackend, type ProviderScenario } from '../../lib/testing/index.js';
import { Gateway } from './broken-backends.js';

/** The credential in the settings of every tested backend. */
export const KEY = 'key-of-the-account';

/** Runs the conformance suite. Returns its rules, those that failed or were skipped, and the error texts. */
export async function judge(backend: BackendUnderTest['backend'], given: Partial<BackendUnderTest> = {}) {
  const failed: string[] = [];
  const skipped: string[] = [];
  const reasons: string[] = [];
  const rules: { name: string; run: (...context: unknown[]) => Promise<void> }[] = [];
  describeBackend(() => played(backend, given), {
    describe: (_name, define) => define(),
    it: (name, run) => rules.push({ name, run }),
  });
  await Promise.all(
    rules.map(async ({ name, run }) => {
      try {
        await run({ skip: () => skipped.push(name) });
      } catch (error) {
        failed.push(name);
        reasons.push(String(error));
      }
    }),
  );
  return { rules: rules.map(({ name }) => name), failed: failed.toSorted(), skipped, reasons: reasons.join('\n') };
}

/** A backend and the provider in memory through which it sends. */
export function played(backend: BackendUnderTest['backend'], given: Partial<BackendUnderTest>): BackendUnderTest {
  const gateway = new Gateway();
  const play = (behaviour: ProviderScenario) => () => {
    gateway.behaviour = behaviour;
  };
  return {
    backend,
    options: { gateway, key: KEY },
    credentials: [KEY],
    messages: () => gateway.messages,
    scenarios: {
      rejected: play('rejected'),
      unreachable: play('unreachable'),
      throttled: play('throttled'),
      unavailable: play('unavailable'),
      misconfigured: play('misconfigured'),
      unknown: play('unknown'),
      hanging: play('hanging'),
    },
    ...given,
  };
}
