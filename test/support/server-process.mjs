// An application of its own process: the built library behind HTTP. Its backend tells its parent when it is called, and
// answers when the parent says so.
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
// Nothing is left behind when the test that started it is gone.
process.on('disconnect', () => process.exit());
// The channel must not keep the process alive: it is to end by itself.
process.on('SIGTERM', () => process.channel.unref());
