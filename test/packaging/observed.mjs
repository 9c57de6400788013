// An application with the package and every observability package: events, health, OpenAPI, metrics.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { metrics } from '@opentelemetry/api';
import { phoneVerifyMigrations, PhoneVerifyEvents, PhoneVerifyModule, SandboxBackend } from 'nestjs-phone-verify';
import { PhoneVerifyHealthIndicator } from 'nestjs-phone-verify/terminus';

const NUMBER = '+14155552671';

function check(holds, what) {
  if (!holds) throw new Error(`failed: ${what}`);
}

// TypeORM 0.3.20 calls its driver without `new`, which the class of libsql refuses.
const Libsql = createRequire(import.meta.url)('libsql');
function Driver(...parameters) {
  return new Libsql(...parameters);
}

class HealthController {
  constructor(health, phones) {
    this.check = () => health.check([() => phones.isHealthy('phones')]);
  }

  respond() {
    return this.check();
  }
}
Controller('health')(HealthController);
Get()(HealthController.prototype, 'respond', Object.getOwnPropertyDescriptor(HealthController.prototype, 'respond'));
Inject(HealthCheckService)(HealthController, undefined, 0);
Inject(PhoneVerifyHealthIndicator)(HealthController, undefined, 1);

class Application {}
Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: Driver,
      database: ':memory:',
      autoLoadEntities: true,
      migrations: phoneVerifyMigrations,
      migrationsRun: true,
    }),
    EventEmitterModule.forRoot(),
    TerminusModule,
    PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme' }),
  ],
  controllers: [HealthController],
  providers: [PhoneVerifyHealthIndicator],
})(Application);

const counted = [];
const instrument = (name) => ({ add: () => counted.push(name), record: () => counted.push(name) });
metrics.setGlobalMeterProvider({ getMeter: () => ({ createCounter: instrument, createHistogram: instrument }) });

const app = await NestFactory.create(Application, { logger: false, abortOnError: false });
const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
const route = document.paths['/phone/verify'].post;
const { examples } = route.responses['400'].content['application/json'];
check(
  'security_code_expired' in examples && route.requestBody.content['application/json'].schema,
  'routes are described',
);

await app.listen(0, '127.0.0.1');
const heard = [];
app.get(EventEmitter2).on(PhoneVerifyEvents.Sent, ({ phoneNumber }) => heard.push(phoneNumber));
const address = await app.getUrl();
const { status } = await fetch(`${address}/phone/register`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ phone_number: NUMBER }),
});
check(status === 200, 'a code is sent');
check(heard.join() === '+141******71', 'the listener gets the event');
check(counted.join() === 'phone_verify.sent,phone_verify.delivery.duration', 'the message is counted');
const { details } = await (await fetch(`${address}/health`)).json();
check(details.phones.status === 'up' && details.phones.database === 'up', 'the health check reports up');
await app.close();

console.log(`node ${process.version}: heard, counted, healthy, described`);
