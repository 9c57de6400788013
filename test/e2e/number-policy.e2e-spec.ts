import { afterEach, describe, expect, it } from 'vitest';
import {
  type NumberOptions,
  PhoneNumberInvalidError,
  PhoneNumberNotAllowedError,
  type PhoneVerifyEvent,
  SandboxBackend,
  SMSVerification,
} from '../../lib/index.js';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import { ADAPTERS, type Adapter, startApplication, type TestApplication } from '../support/application.js';
import { freshDatabase } from '../support/databases.js';
import {
  BRITISH_MOBILES,
  FORBIDDEN_NUMBERS,
  NON_GEOGRAPHIC_NUMBERS,
  NORTH_AMERICAN_NUMBERS,
} from '../support/numbers.js';
import { NUMBER, openSession, register, resend, CORRECT_CODE, verify } from '../support/requests.js';

const NOT_ALLOWED = {
  statusCode: 400,
  error: 'Bad Request',
  message: 'This phone number cannot be used.',
  code: 'phone_number_not_allowed',
};

const apps: TestApplication[] = [];
const calls: string[] = [];

/** Records every call. */
class CallRecorder extends SandboxBackend {
  override generateSecurityCode(): string {
    calls.push('generateSecurityCode');
    return super.generateSecurityCode();
  }

  override generateMessage(): undefined {
    calls.push('generateMessage');
  }

  override async sendSms(number: string, message: string) {
    calls.push('sendSms');
    return super.sendSms(number, message);
  }
}

async function start(
  numbers: NumberOptions,
  adapter: Adapter = 'express',
  database?: TestApplication['dataSource']['options'],
): Promise<TestApplication> {
  const test = await startApplication({
    adapter,
    phoneVerify: { backend: CallRecorder, numbers },
    ...(database && { database }),
  });
  apps.push(test);
  return test;
}

function countRows({ dataSource }: TestApplication): Promise<number> {
  return dataSource.getRepository(SMSVerification).count();
}

afterEach(async () => {
  calls.length = 0;
  await Promise.all(apps.splice(0).map((test) => test.close()));
});

describe.each(ADAPTERS)('a number that is not allowed, on %s', (adapter) => {
  it('is refused by register and resend, without a session or a message', async () => {
    const test = await start({}, adapter);

    for (const number of [...FORBIDDEN_NUMBERS, ...NON_GEOGRAPHIC_NUMBERS]) {
      for (const { status, body } of [await register(test.app, number), await resend(test.app, number, 'x')]) {
        expect({ number, status, body }).toEqual({ number, status: 400, body: NOT_ALLOWED });
      }
    }
    expect(calls).toEqual([]);
    expect(await countRows(test)).toBe(0);
  });

  it('is refused because of its country', async () => {
    const test = await start({ allowedCountries: ['GB'] }, adapter);

    for (const number of Object.values(BRITISH_MOBILES)) await register(test.app, number).expect(200);
    for (const number of Object.values(NORTH_AMERICAN_NUMBERS)) {
      expect((await register(test.app, number)).body).toEqual(NOT_ALLOWED);
    }
    expect(test.sandbox.outbox).toHaveLength(4);
  });

  it('can be one without a country, unless the option allows these', async () => {
    const test = await start({ allowNonGeographic: true, allowedCountries: ['GB'] }, adapter);

    for (const number of NON_GEOGRAPHIC_NUMBERS) await register(test.app, number).expect(200);
    expect((await register(test.app, '+979123456789')).body).toEqual(NOT_ALLOWED);
    expect(test.sandbox.outbox.map(({ to }) => to)).toEqual(NON_GEOGRAPHIC_NUMBERS);
  });

  it('can still be verified if it has an open session, but is not sent a code again', async () => {
    const { options, drop } = await freshDatabase('sqlite');
    const before = await start({}, adapter, options);
    const token = await openSession(before.app);
    const test = await start({ deniedCountries: ['US'] }, adapter, options);
    calls.length = 0;

    expect((await resend(test.app, NUMBER, token)).body).toEqual(NOT_ALLOWED);
    expect(calls).toEqual([]);
    await verify(test.app, NUMBER, token, CORRECT_CODE).expect(200);
    await Promise.all(apps.splice(0).map((application) => application.close()));
    await drop();
  });
});

describe('a number that is not allowed', () => {
  it('makes the service throw an error', async () => {
    const { service } = await start({});
    const [forbidden] = FORBIDDEN_NUMBERS;

    await expect(service.sendSecurityCode(forbidden)).rejects.toThrow(PhoneNumberNotAllowedError);
    await expect(service.resendSecurityCode(forbidden, 'x')).rejects.toThrow(PhoneNumberNotAllowedError);
    expect((await service.verifySecurityCode(forbidden, '1234', 'x')).status).toBe('session_token_invalid');
  });

  it('still gets messages without a code', async () => {
    const test = await start({ allowedCountries: ['GB'] });
    const [forbidden] = FORBIDDEN_NUMBERS;

    expect(await test.service.sendBulkSms([forbidden, NUMBER, '+1999'], 'We moved.')).toMatchObject([
      { number: forbidden, receipt: {} },
      { number: NUMBER, receipt: {} },
      { number: '+1999', error: { kind: 'rejected' } },
    ]);
  });
});

describe.each(ADAPTERS)('a number of a range that is newer than the metadata, on %s', (adapter) => {
  const NEW_RANGE = '+447700900123';

  it('is accepted in the whole flow if possible numbers are allowed', async () => {
    const { app } = await start({ validation: 'possible', allowedCountries: ['GB'] }, adapter);

    const token = await openSession(app, NEW_RANGE);
    await resend(app, '+44 7700 900 123', token).expect(200);
    const { status, body } = await verify(app, NEW_RANGE, token, CORRECT_CODE);

    expect({ status, number: body.phone_number }).toEqual({ status: 200, number: NEW_RANGE });
  });

  it('is invalid otherwise', async () => {
    const { app, service } = await start({}, adapter);

    expect((await register(app, NEW_RANGE)).body.code).toBe('phone_number_invalid');
    await expect(service.verifySecurityCode(NEW_RANGE, CORRECT_CODE, 'x')).rejects.toThrow(PhoneNumberInvalidError);
  });
});

describe.each(ADAPTERS)('a range that opened today, on %s', (adapter) => {
  const NEW_RANGE = '+18615551234';

  it('is admitted by its prefix in the whole flow, as one of the allowed country', async () => {
    const test = await start({ allowedCountries: ['US'], allowedPrefixes: ['+1861'] }, adapter);
    const sent: PhoneVerifyEvent[] = [];
    test.app.get(EventPublisher).subscribe((event) => sent.push(event));

    const token = await openSession(test.app, '+1 (861) 555-1234');
    await resend(test.app, NEW_RANGE, token).expect(200);
    const { status, body } = await verify(test.app, NEW_RANGE, token, CORRECT_CODE);

    expect({ status, number: body.phone_number }).toEqual({ status: 200, number: NEW_RANGE });
    expect(test.sandbox.outbox.map(({ to }) => to)).toEqual([NEW_RANGE, NEW_RANGE]);
    expect(sent).toMatchObject([{ country: 'US' }, { country: 'US' }, { country: 'US' }]);
  });

  it('is invalid without it, and a denied prefix closes it again', async () => {
    const without = await start({ allowedCountries: ['US'] }, adapter);
    const closed = await start({ allowedPrefixes: ['+1861'], deniedPrefixes: ['+1861555'] }, adapter);

    expect((await register(without.app, NEW_RANGE)).body.code).toBe('phone_number_invalid');
    expect((await register(closed.app, NEW_RANGE)).body.code).toBe('phone_number_invalid');
    expect((await register(closed.app, '+18615561234')).status).toBe(200);
    expect(calls).toEqual(['generateSecurityCode', 'generateMessage', 'sendSms']);
  });
});

describe.each(ADAPTERS)('the notations of a number, on %s', (adapter) => {
  it.each([
    ['+5491123456789', ['+54 9 11 2345-6789', '+54 11 2345 6789', '+54 11 15 2345-6789', '+54 (011) 15-2345-6789']],
    ['+525545258448', ['+52 1 55 4525 8448', '+52 55 4525 8448', '+52 044 55 4525 8448']],
    ['+5511987654321', ['+55 11 8765-4321', '+55 11 98765-4321', '+55 (011) 8765 4321']],
    ['+8801712345678', ['+৮৮০ ১৭১২-৩৪৫৬৭৮', '+880 (0)1712 345678']],
    ['+14155552671', ['+1 (415) 555-2671', '＋１４１５５５５２６７１', ' +1.415.555.2671', '\u202a+14155552671\u202c']],
  ])('mean one number (%s): each verifies what another registered', async (number, spellings) => {
    const test = await start({}, adapter);

    for (const [index, spelling] of spellings.entries()) {
      const token = await openSession(test.app, spelling);
      const other = spellings[(index + 1) % spellings.length] ?? '';
      expect((await verify(test.app, other, token, CORRECT_CODE)).body.phone_number).toBe(number);
    }
    const rows = await test.dataSource.getRepository(SMSVerification).find();
    expect(new Set(rows.map(({ phoneNumber }) => phoneNumber))).toEqual(new Set([number]));
    expect(new Set(test.sandbox.outbox.map(({ to }) => to))).toEqual(new Set([number]));
  });

  it('are refused if they contain anything but the number', async () => {
    const test = await start({}, adapter);
    const others = [
      '4155552671',
      '+14155552671 ext 5',
      '+1-415-555-CALL',
      'tel:+14155552671',
      'tel:5552671;phone-context=+1',
      '+14155552671/+14155552672',
      'x +14155552671',
    ];

    for (const text of others) expect((await register(test.app, text)).body.code).toBe('phone_number_invalid');
    expect(calls).toEqual([]);
    expect(await countRows(test)).toBe(0);
  });
});
