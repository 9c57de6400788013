import { afterEach, beforeEach, expect, it } from 'vitest';
import { PHONE_VERIFY_CLOCK } from '../../lib/phone-verify.tokens.js';
import { startApplication, type TestApplication } from '../support/application.js';

const UNTIL = Date.parse('2027-01-01T00:00:00Z');
/** A number that `numbers` forbids: premium rate. */
const FORBIDDEN = '+19002345678';

let test: TestApplication;
let now = 0;

beforeEach(async () => {
  test = await startApplication({
    phoneVerify: { testNumbers: { numbers: { [FORBIDDEN]: '480915736204' }, until: '2027-01-01' } },
    // Each reading of the clock is a millisecond later than the one before.
    override: (builder) => builder.overrideProvider(PHONE_VERIFY_CLOCK).useValue({ now: () => now++ }),
  });
});

afterEach(async () => {
  await test.close();
});

it('a number whose `until` passes during a request is either a test number for all of it or forbidden', async () => {
  const outcomes: string[] = [];
  for (let before = 0; before < 12; before++) {
    now = UNTIL - before;
    outcomes.push(
      await test.service.sendSecurityCode(FORBIDDEN).then(
        () => 'a test number',
        (error: { code: string }) => error.code,
      ),
    );
  }

  expect(test.sandbox.outbox).toEqual([]);
  expect(new Set(outcomes)).toEqual(new Set(['a test number', 'phone_number_not_allowed']));
});
