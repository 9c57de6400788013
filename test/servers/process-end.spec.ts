import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';

/** The options without the driver, which cannot be sent to another process. */
function transferable({ options }: FreshDatabase): object {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'driver'));
}

describe.each(databaseKinds.filter((kind) => kind !== 'sqlite'))('the end of a process on %s', (kind) => {
  let database: FreshDatabase;
  let server: ChildProcess;
  let address: string;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    server = fork(fileURLToPath(new URL('../support/server-process.mjs', import.meta.url)));
    server.send(transferable(database));
    const [{ port }] = await once(server, 'message');
    address = `http://127.0.0.1:${port}/phone`;
  });

  afterEach(async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await database.drop();
  });

  function post(path: string, body: object): Promise<Response> {
    return fetch(`${address}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  it('by SIGTERM lets a pending request finish', async () => {
    const sending = once(server, 'message');
    const response = post('register', { phone_number: NUMBER });
    await sending;
    const ended = once(server, 'exit');

    server.kill('SIGTERM');
    server.send('go on');

    expect((await response).status).toBe(200);
    expect((await ended)[0]).toBe(0);
  });

  it('by kill -9 between the commit and the message leaves a session that nobody can use', async () => {
    const sending = once(server, 'message');
    const response = post('register', { phone_number: NUMBER }).catch(() => 'cut off');
    await sending;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    expect(await response).toBe('cut off');
    await ended;

    const test = await startApplication({ database: database.options });
    const sessions = await test.dataSource.getRepository(SMSVerification).find();
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await test.close();

    expect(sessions).toMatchObject([{ sendCount: 0, isVerified: false }]);
    expect(status).toBe('security_code_valid');
  });
});
