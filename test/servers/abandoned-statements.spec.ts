import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SMSVerificationCounter } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, WRONG_CODE } from '../support/requests.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const TIMEOUT_MS = 400;
const POOL_SIZE = 10;
const CLIENTS = 30;
/** How long another transaction holds a lock: several times as long as a request waits. */
const HELD_MS = 5 * TIMEOUT_MS;
/** The pool, as many replaced connections, and a few for cancel requests. */
const MAX_CONNECTIONS = 25;

describe.each(serverKinds())('statements on %s that exceed the time limit of their request', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  let other: DataSource;
  let holders: QueryRunner[];

  beforeEach(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: { ...database.options, poolSize: POOL_SIZE } as DataSourceOptions,
      phoneVerify: { storage: { timeoutMs: TIMEOUT_MS }, limits: { perNumber: [{ max: 2, seconds: 3600 }] } },
    });
    other = await new DataSource({ ...database.options, poolSize: 5 } as DataSourceOptions).initialize();
    holders = [];
  });

  afterEach(async () => {
    await release();
    await test.close();
    await other.destroy();
    await database.drop();
  });

  async function hold(statement: string): Promise<void> {
    const holder = other.createQueryRunner();
    holders.push(holder);
    await holder.startTransaction();
    await holder.query(statement);
  }

  async function release(): Promise<void> {
    for (const holder of holders.splice(0)) {
      await holder.rollbackTransaction();
      await holder.release();
    }
  }

  /** Returns how many connections of the application the server has. */
  async function countConnections(): Promise<number> {
    const [{ total }] = await other.query(
      kind === 'postgres'
        ? `SELECT count(*) AS total FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`
        : 'SELECT count(*) AS total FROM information_schema.processlist WHERE db = database()',
    );
    return Number(total) - holders.length - 1;
  }

  /** Returns the statements of the application that the server runs. */
  async function runningStatements(): Promise<unknown[]> {
    return other.query(
      kind === 'postgres'
        ? `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query NOT LIKE 'ALTER%' AND pid <> pg_backend_pid()`
        : `SELECT id FROM information_schema.processlist WHERE db = database() AND command <> 'Sleep' AND info NOT LIKE 'ALTER%' AND id <> connection_id()`,
    );
  }

  /** Waits until the server runs no statement of the application. */
  async function untilIdle(): Promise<void> {
    await vi.waitFor(async () => expect(await runningStatements()).toEqual([]), { timeout: 5000, interval: 20 });
  }

  /** Waits until the server runs one statement of the application. */
  async function untilRunning(): Promise<void> {
    await vi.waitFor(async () => expect(await runningStatements()).toHaveLength(1), { timeout: 5000, interval: 5 });
  }

  /** Waits until the schema change waits for its lock. */
  async function untilWaiting(): Promise<void> {
    const waiting =
      kind === 'postgres'
        ? `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'ALTER%' AND wait_event_type = 'Lock'`
        : `SELECT id FROM information_schema.processlist WHERE db = database() AND info LIKE 'ALTER%' AND state LIKE 'Waiting%'`;
    await vi.waitFor(async () => expect(await other.query(waiting)).toHaveLength(1), { timeout: 5000, interval: 20 });
  }

  /** Checks codes with many clients for a time, and returns the maximum number of connections at the server. */
  async function checkFor(milliseconds: number, sessionToken: string): Promise<number> {
    const end = performance.now() + milliseconds;
    let maximum = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken).catch(() => undefined);
      }
    };
    const observer = async (): Promise<void> => {
      while (performance.now() < end) maximum = Math.max(maximum, await countConnections());
    };
    await Promise.all([observer(), ...Array.from({ length: CLIENTS }, client)]);
    return maximum;
  }

  it('are cancelled, so that a locked row does not exhaust the connections of the server', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await hold('SELECT * FROM sms_verification FOR UPDATE');

    expect(await checkFor(HELD_MS, sessionToken)).toBeLessThanOrEqual(MAX_CONNECTIONS);

    await untilIdle();
    await release();
    expect((await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).status).toBe(
      'security_code_invalid',
    );
  });

  it('are cancelled, so that a waiting schema change does not exhaust the connections of the server', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await hold('SELECT 1 FROM sms_verification LIMIT 1');
    const changer = other.createQueryRunner();
    const change = changer.query('ALTER TABLE sms_verification ADD COLUMN extra integer');
    await untilWaiting();

    expect(await checkFor(HELD_MS, sessionToken)).toBeLessThanOrEqual(MAX_CONNECTIONS);

    await untilIdle();
    await release();
    await change;
    await changer.release();
    expect((await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).status).toBe(
      'security_code_invalid',
    );
  });

  it('are cancelled once more if the server had not received them when the first request arrived', async () => {
    const { proxy, options } = await TcpProxy.start(database.options);
    const remote = await startApplication({ database: options, phoneVerify: { storage: { timeoutMs: TIMEOUT_MS } } });
    try {
      const { sessionToken } = await remote.service.sendSecurityCode(NUMBER);
      await hold('SELECT * FROM sms_verification FOR UPDATE');
      const deliver = proxy.holdBack();
      const cancelled = proxy.nextConnectionEnded();
      await expect(remote.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).rejects.toMatchObject({
        code: 'storage_unavailable',
      });
      await cancelled;
      deliver();
      await untilRunning();

      await untilIdle();
    } finally {
      await release();
      await remote.close();
      await proxy.stop();
    }
  });

  it('count no attempt if they are cancelled', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await hold('SELECT * FROM sms_verification FOR UPDATE');
    const checks = Array.from({ length: 3 }, () => test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken));
    await Promise.allSettled(checks);
    await untilIdle();
    await release();

    const { attemptsLeft } = await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    expect(attemptsLeft).toBe(4);
  });

  it('charge no limit if they are cancelled', async () => {
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(30);
    await hold('SELECT * FROM sms_verification_counter FOR UPDATE');
    const codes: string[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      await test.service.sendSecurityCode(NUMBER).catch((error: { code: string }) => codes.push(error.code));
    }
    await untilIdle();
    await release();

    expect(codes).toEqual(Array.from({ length: 5 }, () => 'storage_unavailable'));
    const counters = await test.dataSource.getRepository(SMSVerificationCounter).find();
    expect(counters.map(({ used }) => used)).toEqual([1, 1, 1]);
    await test.service.sendSecurityCode(NUMBER);
    expect(test.sandbox.outbox).toHaveLength(2);
  });
});
