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

let app;
let codes;
let redis;
let before;
let profiler;

handleCommands({
  async start({ folder, system, adapter, database, redisUrl, redisPrefix }) {
    const limits = { off: false, memory: { store: 'memory' } };
    if (system === 'redis') {
      redis = new Redis(redisUrl, { keyPrefix: redisPrefix });
      limits.redis = { store: { redis } };
    }
    const file = system === 'floor' ? 'floor.js' : 'application.js';
    const { createModule, sentCodes } = await import(new URL(file, folder));
    codes = sentCodes;
    const module = createModule({ database: withDriver(database), limits: limits[system] });
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
