// Starts an application, with the library or without, and prints the milliseconds since the process began.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import 'class-transformer';
import 'class-validator';

const [folder, variant] = process.argv.slice(2);
const database = {
  type: 'better-sqlite3',
  driver: createRequire(import.meta.url)('libsql'),
  database: ':memory:',
};

function createPlainModule() {
  class PlainModule {}
  Module({ imports: [TypeOrmModule.forRoot(database)] })(PlainModule);
  return PlainModule;
}

const createModule =
  variant === 'with' ? (await import(new URL('application.js', folder))).createModule : createPlainModule;
const imported = performance.now();
const app = await NestFactory.create(createModule({ database, options: {} }), new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
const listening = performance.now();
await app.close();
console.log(JSON.stringify({ imported, listening }));
