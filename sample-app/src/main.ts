import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ValidationPipe } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import type { Environment } from './configuration.js';

const PREFERRED_PORT = 3000;

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error', 'fatal'] });
app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
app.enableShutdownHooks();
const config: ConfigService<Environment, true> = app.get(ConfigService);
const port = config.get('PORT', { infer: true }) ?? ((await isFree(PREFERRED_PORT)) ? PREFERRED_PORT : 0);
await app.listen(port);
const address = (await app.getUrl()).replace('[::1]', '127.0.0.1');
const flow = readFileSync(fileURLToPath(new URL('../flow.sh', import.meta.url)), 'utf8');
console.log(`\nThe sample listens on ${address}\n\nTry it, line by line, in another terminal:\n`);
console.log(flow.replace(/^ADDRESS=.*$/m, `ADDRESS=${address}`));

async function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(candidate, () => server.close(() => resolve(true)));
  });
}
