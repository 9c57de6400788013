import { expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { startApplication } from '../support/application.js';
import { freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, WRONG_CODE } from '../support/requests.js';

it.each(serverKinds())('checks on %s succeed while many sends wait for locked counters', async (kind) => {
  const database = await freshDatabase(kind);
  const storage = { timeoutMs: 2000 };
  const test = await startApplication({ database: database.options, phoneVerify: { limits: {}, storage } });
  const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
  const other = await new DataSource(database.options).initialize();
  const runner = other.createQueryRunner();
  await runner.query(kind === 'postgres' ? 'BEGIN' : 'LOCK TABLE sms_verification_counter WRITE');
  if (kind === 'postgres') await runner.query('LOCK TABLE sms_verification_counter');

  const sends = Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => test.service.sendSecurityCode(`+1415555${1000 + index}`)),
  );
  const checks = await Promise.all(
    Array.from({ length: 4 }, () => test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)),
  );
  const codes = (await sends).map((outcome) => (outcome.status === 'fulfilled' ? 'sent' : outcome.reason.code));

  expect(checks.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'security_code_invalid'));
  expect(new Set(codes)).toEqual(new Set(['storage_unavailable']));
  await runner.query(kind === 'postgres' ? 'ROLLBACK' : 'UNLOCK TABLES');
  await runner.release();
  // The sends that timed out hold no lock.
  await test.service.sendSecurityCode('+33612345678');
  await other.destroy();
  await test.close();
  await database.drop();
});
