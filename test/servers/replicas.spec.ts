import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

describe.each(serverKinds())('a data source with replicas on %s', (kind) => {
  let primary: FreshDatabase;
  /** Has no table, so that every query on it fails. */
  let replica: FreshDatabase;

  beforeEach(async () => {
    [primary, replica] = [await freshDatabase(kind), await freshDatabase(kind)];
  });

  afterEach(async () => {
    await primary.drop();
    await replica.drop();
  });

  function urlOf({ options }: FreshDatabase): { url: string } {
    return { url: 'url' in options ? (options.url ?? '') : '' };
  }

  it('is queried only on the primary', async () => {
    const test = await startApplication({
      database: { type: kind, replication: { master: urlOf(primary), slaves: [urlOf(replica)] } },
    });
    const { service } = test;

    const { sessionToken } = await service.sendSecurityCode(NUMBER);
    await service.resendSecurityCode(NUMBER, sessionToken);
    await service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    const { verificationToken = '' } = await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const again = await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const phone = await service.getVerifiedPhone(verificationToken);

    expect(again.status).toBe('security_code_verified');
    expect(phone).toMatchObject({ phoneNumber: NUMBER });
    expect(await service.consumeVerifiedPhone(verificationToken)).toEqual(phone);
    test.clock.advance(40 * 86_400_000);
    expect(await service.purgeExpired({ dryRun: true })).toEqual({ deleted: 1 });
    expect(await service.purgeExpired()).toEqual({ deleted: 1 });
    await test.close();
  });
});
