import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER, openSession, CORRECT_CODE, verify } from '../support/requests.js';

vi.mock('libphonenumber-js/max', { spy: true });

let test: TestApplication;

afterEach(() => test.close());

describe.each(ADAPTERS)('the phone number of a request, on %s', (adapter) => {
  it('is parsed once in a check, and the response has it in E.164', async () => {
    test = await startApplication({ adapter });
    const token = await openSession(test.app);
    vi.mocked(parsePhoneNumberFromString).mockClear();

    const { body } = await verify(test.app, '+1 (415) 555-2671', token, CORRECT_CODE).expect(200);

    expect(body.phone_number).toBe(NUMBER);
    expect(parsePhoneNumberFromString).toHaveBeenCalledTimes(1);
  });
});
