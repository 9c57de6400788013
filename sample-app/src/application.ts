import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValidationPipe } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { securityHeaders } from './security-headers.js';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The installed browser client: modules that a browser loads without a build step. */
const CLIENT_FOLDER = dirname(createRequire(import.meta.url).resolve('nestjs-phone-verify/client'));

/** Configures what modules cannot: headers, static files and the validation of bodies. */
export function configureApplication(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.useStaticAssets(PUBLIC_FOLDER, { prefix: '/assets/', index: false });
  app.useStaticAssets(CLIENT_FOLDER, { prefix: '/client/', index: false });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
}
