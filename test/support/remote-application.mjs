// An application in another process: the built library on a shared database, controlled over IPC.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { PhoneVerificationService, PhoneVerifyModule, SandboxBackend } from '../../dist/index.js';
import { DatabaseLimitStore } from '../../dist/limits/database-limit.store.js';
import { PHONE_VERIFY_CLOCK } from '../../dist/phone-verify.tokens.js';
import { StorageTimeout } from '../../dist/common/time.js';
import { Database } from '../../dist/database/database.js';
import { GuardedController, HEADER } from './remote-guarded-controller.mjs';
import { interceptStatements } from './statement-interceptor.mjs';

/** Shifts the system clock, as on another machine. */
const clockShiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
if (clockShiftMs !== 0) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + clockShiftMs;
}

let app;
let service;
let instant;
let client;
let isEnding = false;

const commands = {
  async start({ database, phoneVerify, sessionStatement, redis, listens }) {
    if (redis) client = new Redis(redis.url, { keyPrefix: redis.keyPrefix });
    const limits = { ...phoneVerify?.limits, ...(client && { store: { redis: client } }) };
    const module = Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ ...withDriver(database), autoLoadEntities: true, retryAttempts: 0 }),
        PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', cleanup: false, ...phoneVerify, limits }),
      ],
      controllers: [GuardedController],
    });
    module.overrideProvider(PHONE_VERIFY_CLOCK).useValue({ now: () => instant ?? Date.now() });
    app = await module.compile();
    if (listens) app = app.createNestApplication({ logger: false });
    await (listens ? app.listen(0, '127.0.0.1') : app.init());
    service = app.get(PhoneVerificationService);
    if (sessionStatement) await beginSessionsWith(app.get(DataSource), sessionStatement);
  },
  setClock(input) {
    instant = input;
  },
  send: ({ phoneNumber }) => service.sendSecurityCode(phoneNumber),
  sendAll: async ({ phoneNumbers, options }) => {
    const outcomes = await Promise.allSettled(
      phoneNumbers.map((phoneNumber) => service.sendSecurityCode(phoneNumber, options)),
    );
    return outcomes.map(({ reason }) => reason?.code ?? 'sent');
  },
  verifyAll: ({ phoneNumber, codes, sessionToken }) =>
    Promise.all(codes.map((code) => service.verifySecurityCode(phoneNumber, code, sessionToken))),
  consumeAll: ({ verificationToken, times }) =>
    Promise.all(Array.from({ length: times }, () => service.consumeVerifiedPhone(verificationToken))),
  /** Sends parallel requests with one verification token. Returns their statuses and how many reached the handler. */
  async requestAll({ verificationToken, times }) {
    const url = `${await app.getUrl()}/guarded`;
    const request = () => fetch(url, { method: 'POST', headers: { [HEADER]: verificationToken } });
    const responses = await Promise.all(Array.from({ length: times }, request));
    return { statuses: responses.map(({ status }) => status), handled: app.get(GuardedController).handled };
  },
  purge: (options) => service.purgeExpired(options),
  /** Charges all lists in parallel, in the limit store in the database. */
  chargeAll({ lists, now }) {
    const store = new DatabaseLimitStore(app.get(Database), 20_000);
    return Promise.all(lists.map((charges) => store.charge(charges, now, new StorageTimeout(20_000))));
  },
  /** Resolves when the statement of the check has run. The check itself then hangs. */
  hangAfterCounting: ({ phoneNumber, code, sessionToken }) =>
    new Promise((resolve) => {
      interceptStatements(app.get(DataSource), async (run) => {
        await run();
        resolve();
        return new Promise(() => undefined);
      });
      void service.verifySecurityCode(phoneNumber, code, sessionToken);
    }),
  async close() {
    await app.close();
    await client?.quit();
    commands.abandon();
  },
  /** Disconnects from the parent without closing anything. */
  abandon() {
    isEnding = true;
    process.disconnect();
  },
};

process.on('disconnect', () => {
  // Ends with the test process that started it.
  if (!isEnding) process.exit(1);
});
process.on('message', async ({ id, command, input }) => {
  try {
    const result = await commands[command](input);
    if (process.connected) process.send({ id, result });
  } catch (error) {
    process.send({ id, error: `${error.name}: ${error.message} ${error.cause ?? ''}` });
  }
});

/** Adds the driver, which cannot be sent to another process. */
function withDriver(database) {
  if (database.type !== 'better-sqlite3') return database;
  return { ...database, driver: createRequire(import.meta.url)(process.env.TEST_SQLITE_DRIVER ?? 'libsql') };
}

async function beginSessionsWith(dataSource, statement) {
  dataSource.driver.pool.on('connection', (connection) => connection.query(statement));
  await dataSource.query(statement);
}
