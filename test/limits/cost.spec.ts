import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IoRedisClient, RateLimitedError, SmsDeliveryError } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { freshRedis, redisUrl } from '../support/redis.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

const ip = '192.0.2.1';
const TEST_NUMBER = '+33612345678';

describe.runIf(databaseKinds.includes('postgres'))(
  'the number of statements for the default limits on postgres',
  () => {
    let database: FreshDatabase;
    let test: TestApplication;
    const log = new QueryLog();

    beforeAll(async () => {
      database = await freshDatabase('postgres');
      test = await startApplication({
        database: { ...database.options, logger: log } as never,
        phoneVerify: { limits: {}, testNumbers: { numbers: { [TEST_NUMBER]: CORRECT_CODE } } },
      });
    });

    afterAll(async () => {
      await test.close();
      await database.drop();
    });

    beforeEach(async () => {
      await test.service.forgetPhone(NUMBER);
      await test.service.forgetPhone(OTHER_NUMBER);
      log.clear();
    });

    /** The first words of the statements on counters. */
    const counterStatements = (): string[] =>
      log.statements.filter((sql) => sql.includes('sms_verification_counter')).map((sql) => sql.split(' ')[0] ?? '');

    it('is one for a send, whatever the number of limits', async () => {
      await test.service.sendSecurityCode(NUMBER, { ip });
      expect(counterStatements()).toEqual(['INSERT']);
      expect(log.statements[0]).toContain('sms_verification_counter');
      expect(log.statements).toHaveLength(3);
    });

    it('is one for a send from an IPv6 address, which charges three networks', async () => {
      await test.service.sendSecurityCode(OTHER_NUMBER, { ip: '2001:db8:1:2::1' });
      expect(counterStatements()).toEqual(['INSERT']);
      expect(log.statements).toHaveLength(3);
    });

    it('is one more for a send whose number has just been full, and was cleared', async () => {
      await test.service.sendSecurityCode(NUMBER, { ip });
      await test.service.forgetPhone(NUMBER);
      log.clear();
      await test.service.sendSecurityCode(NUMBER, { ip });
      expect(counterStatements()).toEqual(['SELECT', 'INSERT']);
    });

    it('is one for a test number', async () => {
      await test.service.sendSecurityCode(TEST_NUMBER, { ip });
      expect(counterStatements()).toEqual(['INSERT']);
      expect(log.statements).toHaveLength(3);
    });

    it('is one for a refused send', async () => {
      await test.service.sendSecurityCode(NUMBER, { ip });
      log.clear();
      await expect(test.service.sendSecurityCode(NUMBER, { ip })).rejects.toThrow(RateLimitedError);
      expect(log.statements).toHaveLength(1);
    });

    it('is two higher for a message that was not sent: one statement limits the refunds', async () => {
      test.clock.advance(31);
      log.clear();
      const send = test.sandbox.sendSms.bind(test.sandbox);
      test.sandbox.sendSms = async () => {
        throw new SmsDeliveryError('unavailable', 'Down.');
      };
      await expect(test.service.sendSecurityCode(NUMBER, { ip })).rejects.toThrow(SmsDeliveryError);
      test.sandbox.sendSms = send;
      expect(counterStatements()).toEqual(['INSERT', 'INSERT', 'WITH']);
    });

    it('is zero for a check, with a correct or a wrong code', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
      log.clear();
      await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
      expect(log.statements).toHaveLength(1);
      log.clear();
      await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
      expect(log.statements).toHaveLength(1);
      expect(counterStatements()).toEqual([]);
    });

    it('is two for each exchange of conversion counts, whatever the number of sends and checks', async () => {
      const numbers = Array.from({ length: 20 }, (_, index) => `+1415555${String(2000 + index)}`);
      for (const number of numbers) await test.service.sendSecurityCode(number);
      log.clear();

      await test.exchangeConversion();

      expect(counterStatements()).toEqual(['INSERT', 'SELECT']);
      expect(log.statements).toHaveLength(2);
    });
  },
);

describe.runIf(redisUrl !== undefined)('the number of round trips for the default limits on redis', () => {
  let test: TestApplication;
  let drop: () => Promise<void>;
  const calls: string[] = [];

  beforeAll(async () => {
    const fresh = freshRedis();
    drop = fresh.drop;
    const counted: IoRedisClient = {
      evalsha: (...given) => {
        calls.push('evalsha');
        return fresh.client.evalsha(...given);
      },
      eval: (...given) => {
        calls.push('eval');
        return fresh.client.eval(...given);
      },
    };
    test = await startApplication({ phoneVerify: { limits: { store: { redis: counted } } } });
    await test.service.sendSecurityCode(OTHER_NUMBER);
  });

  afterAll(async () => {
    await test.close();
    await drop();
  });

  beforeEach(() => {
    calls.length = 0;
  });

  it('is one for a send, refused or not', async () => {
    await test.service.sendSecurityCode(NUMBER, { ip });
    expect(calls).toEqual(['evalsha']);
    await expect(test.service.sendSecurityCode(NUMBER, { ip })).rejects.toThrow(RateLimitedError);
    expect(calls).toEqual(['evalsha', 'evalsha']);
  });

  it('is zero for a check', async () => {
    test.clock.advance(31);
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    calls.length = 0;
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(calls).toEqual([]);
  });
});
