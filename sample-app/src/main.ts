import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { configureApplication } from './application.js';
import type { Environment } from './configuration.js';

const PREFERRED_PORT = 3000;

const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: ['warn', 'error', 'fatal'],
  // Closes the connections that are left after `RequestDrain`. Without it, the shutdown waits for every client.
  forceCloseConnections: true,
});
configureApplication(app);
// With `process.exit`, so that nothing left over keeps the process alive, also as process 1 of a container.
app.enableShutdownHooks([], { useProcessExit: true });
const config: ConfigService<Environment, true> = app.get(ConfigService);
const host = config.get('HOST', { infer: true });
const port = config.get('PORT', { infer: true }) ?? ((await isFree(PREFERRED_PORT)) ? PREFERRED_PORT : 0);
await app.listen(port, host);
const address = (await app.getUrl()).replace('[::1]', '127.0.0.1');
const flow = readFileSync(fileURLToPath(new URL('../flow.sh', import.meta.url)), 'utf8');
console.log(`\nThe sample's page: ${address}/\n\nOr try it, line by line, in another terminal:\n`);
console.log(flow.replace(/^ADDRESS=.*$/m, `ADDRESS=${address}`));

async function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(candidate, host, () => server.close(() => resolve(true)));
  });
}
