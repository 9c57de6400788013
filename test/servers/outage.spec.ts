import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, StorageUnavailableError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, openSession, register, RIGHT_CODE, verify, WRONG_CODE } from '../support/requests.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const TIMEOUT_MS = 400;
const POOL_SIZE = 3;

const UNAVAILABLE = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'Service temporarily unavailable.',
  code: 'service_unavailable',
};

describe.each(serverKinds())('when %s is gone', (kind) => {
  const connectTimeout = kind === 'postgres' ? { connectTimeoutMS: TIMEOUT_MS } : { connectTimeout: TIMEOUT_MS };
  let database: FreshDatabase;
  let proxy: TcpProxy;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    const proxied = await TcpProxy.start(database.options);
    ({ proxy } = proxied);
    test = await startApplication({
      database: { ...proxied.options, poolSize: POOL_SIZE, ...connectTimeout } as never,
      phoneVerify: { storage: { timeoutMs: TIMEOUT_MS } },
    });
  });

  afterEach(async () => {
    await test.close();
    await proxy.stop();
    await database.drop();
  });

  it('a registration answers 503 and sends nothing', async () => {
    await proxy.refuse();

    const { status, body } = await register(test.app);

    expect({ status, body }).toEqual({ status: 503, body: UNAVAILABLE });
    expect(test.sandbox.outbox).toEqual([]);
  });

  it('a check answers 503, never a wrong code, and the session works when it is back', async () => {
    const token = await openSession(test.app);
    const port = await proxy.refuse();

    expect((await verify(test.app, NUMBER, token, RIGHT_CODE)).body).toEqual(UNAVAILABLE);
    await proxy.listen(port);

    expect((await verify(test.app, NUMBER, token, RIGHT_CODE)).status).toBe(200);
  });

  it('the next request after connections were cut while idle works', async () => {
    const token = await openSession(test.app);
    proxy.cut();
    await new Promise((resolve) => setImmediate(resolve));

    const statuses = [];
    for (let time = 0; time < 3; time++) statuses.push((await verify(test.app, NUMBER, token, WRONG_CODE)).status);

    // A request that raced with the cut may be told 503; the ones after it are served.
    expect(statuses.at(-1)).toBe(400);
  });

  it('a server that says nothing is given up in time, however many ask, and used again when it is back', async () => {
    const token = await openSession(test.app);
    proxy.freeze();

    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 4 * POOL_SIZE }, () => verify(test.app, NUMBER, token, WRONG_CODE)),
    );
    expect(performance.now() - started).toBeLessThan(10 * TIMEOUT_MS);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));

    // The frozen connections stay frozen for ever; what works from here on are new ones.
    proxy.thaw();
    const statuses = [];
    for (let time = 0; time < 4; time++) statuses.push((await verify(test.app, NUMBER, token, RIGHT_CODE)).status);
    // The first may be told 503, and its code be taken all the same; the ones after it are served.
    expect(statuses.at(-1)).not.toBe(503);
  });

  it('a statement that waited too long for a connection is not run later', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const held = await Promise.all(
      Array.from({ length: POOL_SIZE }, async () => {
        const queryRunner = test.dataSource.createQueryRunner();
        await queryRunner.connect();
        return queryRunner;
      }),
    );

    const check = test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    await expect(check).rejects.toThrow(StorageUnavailableError);
    await Promise.all(held.map((queryRunner) => queryRunner.release()));
    await test.dataSource.query('SELECT 1');

    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    expect(session?.failedAttempts).toBe(0);
  });

  it('a row that another transaction holds is waited for no longer than the limit', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.dataSource.transaction(async (manager) => {
      await manager.query('UPDATE sms_verification SET modified_at = modified_at + 1');
      const check = test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
      await expect(check).rejects.toThrow(StorageUnavailableError);
    });

    const { status } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    expect([VerificationStatus.Valid, VerificationStatus.Verified]).toContain(status);
  });

  it('the error carries no parameter', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const [row] = await test.dataSource.getRepository(SMSVerification).find();
    await test.dataSource.query('DROP TABLE sms_verification');

    const error: unknown = await test.service
      .verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: 'storage_unavailable',
      cause: { message: expect.stringContaining('sms_verif') },
    });
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [NUMBER, sessionToken, row?.sessionToken, WRONG_CODE]) expect(text).not.toContain(secret);
  });
});
