import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { RemoteApplication } from '../support/remote-application.js';
import { NUMBER, openSession, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';
import { interceptNextStatement } from '../support/statement-interceptor.mjs';

describe.each(databaseKinds)('the end of a process on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  let remote: RemoteApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options });
  });

  afterEach(() => remote.kill());

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  async function startRemote(): Promise<void> {
    const phoneVerify = { cleanup: { everyMinutes: 1 } };
    remote = await RemoteApplication.start({ database: database.options, phoneVerify });
  }

  it('by kill -9 after the statement of a check keeps the attempt counted', async () => {
    await startRemote();
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    await remote.hangAfterCounting(NUMBER, WRONG_CODE, sessionToken);
    await remote.kill();

    expect(await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).toMatchObject({ attemptsLeft: 3 });
  });

  it('by kill -9 after the statement of a check keeps the code used, and a new session can be opened', async () => {
    await startRemote();
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    await remote.hangAfterCounting(NUMBER, CORRECT_CODE, sessionToken);
    await remote.kill();

    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(status).toBe('security_code_verified');
    expect((await verify(test.app, NUMBER, await openSession(test.app), CORRECT_CODE)).status).toBe(200);
  });

  it('by close() leaves nothing open that keeps the process alive', async () => {
    await startRemote();
    await remote.verifyAll(NUMBER, [CORRECT_CODE], 'unknown');

    expect(await remote.close()).toBe(0);
  });
});

describe('the cleanup timer', () => {
  it('does not keep a process alive that does not close its application', async () => {
    // SQLite has no connection that would keep the process alive.
    const database = await freshDatabase('sqlite');
    const test = await startApplication({ database: database.options });
    const remote = await RemoteApplication.start({
      database: database.options,
      phoneVerify: { cleanup: { everyMinutes: 1 } },
    });

    expect(await remote.abandon()).toBe(0);

    await test.close();
    await database.drop();
  });
});

describe.each(databaseKinds)('a client that disconnects during a check on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  /** Sends a check and disconnects while its statement runs. */
  async function checkAndDisconnect(sessionToken: string, code: string): Promise<void> {
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    const body = JSON.stringify({ phone_number: NUMBER, session_token: sessionToken, security_code: code });
    await new Promise<void>((resolve) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/phone/verify', headers });
      sent.on('error', () => undefined);
      interceptNextStatement(test.dataSource, async (run) => {
        sent.destroy();
        const result = await run();
        resolve();
        return result;
      });
      sent.end(body);
    });
  }

  it('gets security_code_verified if it sends the correct code again', async () => {
    const token = await openSession(test.app);
    await checkAndDisconnect(token, CORRECT_CODE);

    const { status, body } = await verify(test.app, NUMBER, token, CORRECT_CODE);

    expect([status, body.code]).toEqual([400, 'security_code_verified']);
  });

  it('has used the attempt if its code was wrong', async () => {
    const token = await openSession(test.app);
    await checkAndDisconnect(token, WRONG_CODE);

    const { body } = await verify(test.app, NUMBER, token, WRONG_CODE);

    expect(body).toMatchObject({ code: 'security_code_invalid', attempts_left: 3 });
  });
});
