import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, StorageUnavailableError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, openSession, register, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const TIMEOUT_MS = 400;
const POOL_SIZE = 3;

const UNAVAILABLE = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'Service temporarily unavailable.',
  code: 'service_unavailable',
};

describe.each(serverKinds())('the application, during an outage of %s,', (kind) => {
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

  it('responds to a register with 503 and sends nothing', async () => {
    await proxy.refuse();

    const { status, body } = await register(test.app);

    expect({ status, body }).toEqual({ status: 503, body: UNAVAILABLE });
    expect(test.sandbox.outbox).toEqual([]);
  });

  it('responds to a check with 503 and not as to a wrong code, and accepts the code when the server is back', async () => {
    const token = await openSession(test.app);
    const port = await proxy.refuse();

    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).body).toEqual(UNAVAILABLE);
    await proxy.listen(port);

    expect((await verify(test.app, NUMBER, token, CORRECT_CODE)).status).toBe(200);
  });

  it('serves requests after its idle connections were cut', async () => {
    const token = await openSession(test.app);
    proxy.cut();
    await new Promise((resolve) => setImmediate(resolve));

    const statuses = [];
    for (let time = 0; time < 3; time++) statuses.push((await verify(test.app, NUMBER, token, WRONG_CODE)).status);

    // A request that races with the cut may get 503; the following ones succeed.
    expect(statuses.at(-1)).toBe(400);
  });

  it('responds in time to many requests while the server does not respond, and uses it again later', async () => {
    const token = await openSession(test.app);
    proxy.freeze();

    const started = performance.now();
    const responses = await Promise.all(
      Array.from({ length: 4 * POOL_SIZE }, () => verify(test.app, NUMBER, token, WRONG_CODE)),
    );
    expect(performance.now() - started).toBeLessThan(10 * TIMEOUT_MS);
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([503]));

    // The frozen connections never respond again; new connections work.
    proxy.thaw();
    const statusOfCheck = async (): Promise<number> => (await verify(test.app, NUMBER, token, CORRECT_CODE)).status;
    // The first requests may get 503, until the statements on the frozen connections are given up.
    await expect.poll(statusOfCheck, { timeout: 20 * TIMEOUT_MS }).not.toBe(503);
  });

  it('does not run a statement that waited too long for a connection', async () => {
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

  it('waits for a locked row no longer than the time limit', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.dataSource.transaction(async (manager) => {
      await manager.query('UPDATE sms_verification SET modified_at = modified_at + 1');
      const check = test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
      await expect(check).rejects.toThrow(StorageUnavailableError);
    });

    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect([VerificationStatus.Valid, VerificationStatus.Verified]).toContain(status);
  });

  it('throws an error without parameters', async () => {
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
