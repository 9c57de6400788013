// An empty application with the installed package: sends and checks a code, and ends by itself.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Injectable, Logger, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import * as imported from 'nestjs-phone-verify';

const require = createRequire(import.meta.url);
const required = require('nestjs-phone-verify');
const {
  BaseBackend,
  PHONE_VERIFY_BACKEND,
  PhoneVerificationService,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  phoneVerifyMigrations,
  SandboxBackend,
} = imported;

function check(holds, what) {
  if (!holds) throw new Error(`failed: ${what}`);
}

check(Object.keys(imported).length >= 19, 'every public name is exported');
for (const name of Object.keys(imported)) check(required[name] === imported[name], `require returns the same ${name}`);

const { describeBackend } = await import('nestjs-phone-verify/testing');
check(
  require('nestjs-phone-verify/testing').describeBackend === describeBackend,
  'require returns the conformance suite',
);

// TypeORM 0.3.20 calls its driver without `new`, which the class of libsql refuses.
const Libsql = require('libsql');
function Driver(...parameters) {
  return new Libsql(...parameters);
}

const database = TypeOrmModule.forRoot({
  type: 'better-sqlite3',
  driver: Driver,
  database: ':memory:',
  autoLoadEntities: true,
  migrations: phoneVerifyMigrations,
  migrationsRun: true,
});

function application(backend) {
  return { module: class Application {}, imports: [database, PhoneVerifyModule.forRoot({ backend, appName: 'Acme' })] };
}

async function sendAndVerify(context) {
  const service = context.get(PhoneVerificationService);
  const { sessionToken } = await service.sendSecurityCode('+14155552671');
  const { status } = await service.verifySecurityCode('+14155552671', '123456', sessionToken);
  check(status === 'security_code_valid', 'the correct code is valid');
}

Logger.overrideLogger(false);
const context = await NestFactory.createApplicationContext(application(SandboxBackend), {
  logger: false,
  abortOnError: false,
});
await sendAndVerify(context);
await context.close();

class RealBackend extends BaseBackend {
  constructor() {
    throw new Error('an overridden backend is never built');
  }
}
const overridden = await Test.createTestingModule({ imports: [application(RealBackend)] })
  .overrideProvider(PHONE_VERIFY_BACKEND)
  .useClass(SandboxBackend)
  .compile();
await overridden.init();
await sendAndVerify(overridden);
await overridden.close();

class RequestScopedBackend extends SandboxBackend {}
Injectable({ scope: Scope.REQUEST })(RequestScopedBackend);
const refused = await NestFactory.createApplicationContext(application(RequestScopedBackend), {
  logger: false,
  abortOnError: false,
}).catch((error) => error);
check(refused instanceof PhoneVerifyConfigurationError, 'a request-scoped backend is a startup error');

console.log(`node ${process.version}: imported, required, sent, verified, overridden, refused`);
