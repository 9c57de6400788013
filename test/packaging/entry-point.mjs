// In a separate application: imports one entry point, starts a module that uses its backend, and sends a code. Prints as
// JSON which packages were loaded meanwhile, and the error if it failed.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire, register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { entry, name, options, providerResponse } = JSON.parse(process.argv[2]);

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'phone-verify-loaded-'));
const record = join(folder, 'record');
appendFileSync(record, '');

// Module hooks run in a separate thread, so they report through a file.
const hooks = `
import { appendFileSync } from 'node:fs';
let record;
export function initialize(file) { record = file; }
export async function load(url, context, next) {
  appendFileSync(record, url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: record });

/** Names of the packages from which a file was loaded, as an ES module or by require. */
function loaded() {
  const files = [...readFileSync(record, 'utf8').split('\n'), ...Object.keys(require.cache)];
  const names = files.map((file) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1]);
  return [...new Set(names)].filter((each) => each !== undefined).toSorted();
}

const outcome = { whenImported: [], whenStarted: [], whenSent: [], messageId: null, error: null };
let server;
let application;
try {
  const library = await import('nestjs-phone-verify');
  const entryPoint = await import(`nestjs-phone-verify${entry}`);
  outcome.whenImported = loaded();
  outcome.isRequired = require(`nestjs-phone-verify${entry}`)[name] === entryPoint[name];

  const { Logger } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { TypeOrmModule } = await import('@nestjs/typeorm');
  const database = TypeOrmModule.forRoot({
    type: 'better-sqlite3',
    driver: require('libsql'),
    database: ':memory:',
    autoLoadEntities: true,
    migrations: library.phoneVerifyMigrations,
    migrationsRun: true,
  });
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': typeof providerResponse === 'string' ? 'text/xml' : 'application/json' });
    response.end(typeof providerResponse === 'string' ? providerResponse : JSON.stringify(providerResponse));
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const backend =
    name === 'FailoverBackend'
      ? { backend: library.FailoverBackend, options: { backends: [{ backend: library.SandboxBackend }] } }
      : { backend: entryPoint[name], options: entry === '' ? options : { ...options, baseUrl } };
  const module = library.PhoneVerifyModule.forRoot({ ...backend, appName: 'Acme' });
  Logger.overrideLogger(false);
  const root = { module: class Application {}, imports: [database, module] };
  application = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  outcome.whenStarted = loaded();

  await application.get(library.PhoneVerificationService).sendSecurityCode('+14155552671');
  outcome.whenSent = loaded();
  const { DataSource } = await import('typeorm');
  const [row] = await application.get(DataSource).getRepository(library.SMSVerification).find();
  outcome.messageId = row.messageId;
} catch (error) {
  outcome.error = error.message;
  outcome.isConfigurationError = error.code === 'configuration_invalid';
} finally {
  await application?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(outcome));
