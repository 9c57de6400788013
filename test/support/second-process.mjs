// A second process of the same application: the built library on the same database, told over IPC what to do.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { PhoneVerificationService, PhoneVerifyModule, SandboxBackend } from '../../dist/index.js';

let app;
let service;

const commands = {
  async start({ database, phoneVerify, sessionStatement }) {
    const modules = [
      TypeOrmModule.forRoot({ ...database, autoLoadEntities: true, retryAttempts: 0 }),
      PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', cleanup: false, ...phoneVerify }),
    ];
    app = await NestFactory.createApplicationContext(
      { module: class SecondProcess {}, imports: modules },
      { logger: false },
    );
    service = app.get(PhoneVerificationService);
    if (sessionStatement) {
      const dataSource = app.get(DataSource);
      dataSource.driver.pool.on('connection', (connection) => connection.query(sessionStatement));
      await dataSource.query(sessionStatement);
    }
  },
  send: ({ phoneNumber }) => service.sendSecurityCode(phoneNumber),
  verifyAll: ({ phoneNumber, codes, sessionToken }) =>
    Promise.all(codes.map((code) => service.verifySecurityCode(phoneNumber, code, sessionToken))),
  consumeAll: ({ verificationToken, times }) =>
    Promise.all(Array.from({ length: times }, () => service.consumeVerifiedPhone(verificationToken))),
  purge: (options) => service.purgeExpired(options),
  async stop() {
    await app.close();
    process.disconnect();
  },
};

// Nothing is left behind when the test that started it is gone.
process.on('disconnect', () => process.exit());
process.on('message', async ({ id, command, input }) => {
  try {
    const result = await commands[command](input);
    if (process.connected) process.send({ id, result });
  } catch (error) {
    process.send({ id, error: `${error.name}: ${error.message} ${error.cause ?? ''}` });
  }
});
