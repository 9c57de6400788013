// A server under test, in a process of its own, controlled over IPC.
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Session } from 'node:inspector/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { handleCommands } from './commands.mjs';

let Service;
let app;
let codes;
let redis;
let before;
let profiler;

handleCommands({
  /** Starts the library with these options, or the floor without any. */
  async start({ folder, options, adapter, database, redis: { url, keyPrefix } }) {
    if (options?.limits?.store === 'redis') {
      redis = new Redis(url, { keyPrefix });
      options.limits.store = { redis };
    }
    const { createModule, sentCodes, PhoneVerificationService } = await import(
      new URL(options === undefined ? 'floor.js' : 'application.js', folder)
    );
    codes = sentCodes;
    Service = PhoneVerificationService;
    const module = createModule({ database: withDriver(database), options });
    const logger = ['fatal', 'error'];
    if (adapter === 'fastify') {
      app = await NestFactory.create(module, new FastifyAdapter({ trustProxy: 'loopback' }), { logger });
    } else {
      app = await NestFactory.create(module, { logger });
      app.set('trust proxy', 'loopback');
    }
    await app.listen(0, '127.0.0.1');
    return { port: app.getHttpServer().address().port };
  },

  /** Begins a window. */
  async begin({ isProfiled }) {
    if (isProfiled) {
      profiler = new Session();
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.start');
    }
    before = process.cpuUsage();
  },

  /** Ends a window: microseconds of CPU that this process used since it began. */
  async end({ profile }) {
    const { user, system } = process.cpuUsage(before);
    if (profiler !== undefined) {
      const { profile: recorded } = await profiler.post('Profiler.stop');
      profiler.disconnect();
      profiler = undefined;
      writeFileSync(profile, JSON.stringify(recorded));
    }
    return { microseconds: user + system };
  },

  /** Rows of the table, and those that are verified. */
  async count() {
    const [row] = await app
      .get(DataSource)
      .query('SELECT COUNT(*) AS opened, COUNT(verified_at) AS verified FROM sms_verification');
    return { opened: Number(row.opened), verified: Number(row.verified) };
  },

  /** The codes since the last call, by number. */
  async takeCodes() {
    const taken = [...codes];
    codes.clear();
    return taken;
  },

  /** Whether `limits.conversion` blocks a number. */
  async blocked({ number }) {
    return Service !== undefined && (await app.get(Service).describePhone(number)).conversionBlockedUntil !== undefined;
  },

  /** Bytes in use, after a collection of garbage. */
  async memory() {
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapUsed, rss };
  },

  /** Deletes old rows, as the library does at intervals. */
  async purge() {
    return app.get(Service).purgeExpired();
  },

  async stop() {
    await app?.close();
    await redis?.quit();
  },
});

/** Adds the driver, which cannot be sent to another process. */
function withDriver(database) {
  return database.type === 'better-sqlite3'
    ? { ...database, driver: createRequire(import.meta.url)('libsql') }
    : database;
}
