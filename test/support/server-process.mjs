// An application in another process: the built library with its routes. Its backend notifies the parent when it is called,
// and returns when the parent replies.
import 'reflect-metadata';
import { once } from 'node:events';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { phoneVerifyMigrations, PhoneVerifyModule, SandboxBackend } from '../../dist/index.js';

class SlowBackend extends SandboxBackend {
  async sendSms(number, message) {
    process.send({ event: 'sending' });
    await once(process, 'message');
    return super.sendSms(number, message);
  }
}

const [database] = await once(process, 'message');
const app = await NestFactory.create(
  {
    module: class Server {},
    imports: [
      TypeOrmModule.forRoot({
        ...database,
        autoLoadEntities: true,
        migrations: phoneVerifyMigrations,
        migrationsRun: true,
      }),
      PhoneVerifyModule.forRoot({ backend: SlowBackend, appName: 'Acme' }),
    ],
  },
  { logger: false },
);
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.send({ event: 'listening', port: app.getHttpServer().address().port });
// Ends with the test process that started it.
process.on('disconnect', () => process.exit());
// The IPC channel must not keep the process alive.
process.on('SIGTERM', () => process.channel.unref());
