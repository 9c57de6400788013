// Checks what the packed package loads: in an application without optional packages, and in one with all of them.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const [tarball] = process.argv.slice(2);

const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
const optional = Object.keys(manifest.peerDependenciesMeta);
const required = Object.keys(manifest.peerDependencies).filter((peer) => !optional.includes(peer));

/** Packages that only some applications need, including SDKs that no backend uses. */
const WATCHED = new Set([...optional, 'messagebird', '@messagebird/sdk', 'plivo', '@infobip-api/sdk']);

/** Optional packages that every application loads at startup if they are installed. */
const TOOLS = ['@nestjs/swagger', '@opentelemetry/api'];

const FROM = '+15005550006';

/** The backend of each entry point, the SDK that it imports, and a response of its provider. */
const ENTRY_POINTS = {
  './twilio': {
    name: 'TwilioBackend',
    sdk: ['twilio'],
    options: { sid: 'AC1', secret: 's', from: FROM },
    providerResponse: { sid: 'message-1', num_segments: '1' },
  },
  './vonage': {
    name: 'VonageBackend',
    sdk: ['@vonage/auth', '@vonage/sms'],
    options: { key: 'k', secret: 's', from: FROM },
    providerResponse: { 'message-count': '1', messages: [{ status: '0', 'message-id': 'message-1' }] },
  },
  './aws-sns': {
    name: 'AwsSnsBackend',
    sdk: ['@aws-sdk/client-sns'],
    options: { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } },
    providerResponse:
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>' +
      '<MessageId>message-1</MessageId></PublishResult></PublishResponse>',
  },
  './aws-sms': {
    name: 'AwsSmsBackend',
    sdk: ['@aws-sdk/client-pinpoint-sms-voice-v2'],
    options: { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } },
    providerResponse: { MessageId: 'message-1' },
  },
  './messagebird': {
    name: 'MessageBirdBackend',
    sdk: [],
    options: { accessKey: 'k', originator: 'Acme' },
    providerResponse: { id: 'message-1', recipients: { items: [{ recipient: 14155552671, status: 'sent' }] } },
  },
  './bird': {
    name: 'BirdBackend',
    sdk: [],
    options: { apiKey: 'bk_eu1_k', from: 'Acme' },
    providerResponse: { id: 'message-1', status: 'accepted' },
  },
  './plivo': {
    name: 'PlivoBackend',
    sdk: [],
    options: { authId: 'MA1', authToken: 't', from: FROM },
    providerResponse: { message_uuid: ['message-1'] },
  },
  './telnyx': {
    name: 'TelnyxBackend',
    sdk: ['telnyx'],
    options: { apiKey: 'KEY1', from: FROM },
    providerResponse: { data: { id: 'message-1', record_type: 'message', errors: [], to: [{ status: 'queued' }] } },
  },
  './infobip': {
    name: 'InfobipBackend',
    sdk: [],
    options: { apiKey: 'k', from: 'Acme' },
    providerResponse: {
      messages: [
        {
          messageId: 'message-1',
          destination: '14155552671',
          status: { id: 26, groupName: 'PENDING', name: 'PENDING' },
        },
      ],
    },
  },
};

const ROOT = { entry: '', options: {}, providerResponse: {} };

function check(holds, what) {
  if (!holds) throw new Error(`failed: ${what}`);
}

function checkLoaded(packages, expected, what) {
  const watched = packages.filter((name) => WATCHED.has(name)).join(', ');
  const wanted = expected.toSorted().join(', ');
  check(watched === wanted, `${what} loads only "${wanted}"; it loads "${watched}"`);
}

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-entry-points-'));

function install(...packages) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...packages, ...quiet], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function atTestedVersion(name) {
  return `${name}@${manifest.devDependencies[name]}`;
}

async function run(parameters) {
  const application = ['--no-warnings', 'entry-point.mjs', JSON.stringify(parameters)];
  const { stdout } = await promisify(execFile)(process.execPath, application, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'test' },
    timeout: 120_000,
  });
  return JSON.parse(stdout);
}

/** Runs an application for each entry point. */
async function forEachEntryPoint(tools, inspect) {
  const checks = Object.entries(ENTRY_POINTS).map(async ([entry, { sdk, ...parameters }]) => {
    inspect(entry, sdk, await run({ entry: entry.slice(1), ...parameters }));
  });
  await Promise.all([checkRoot(tools), ...checks]);
}

/** The root entry point needs no SDK, and loads none that is installed. */
async function checkRoot(tools) {
  const sandbox = await run({ ...ROOT, name: 'SandboxBackend' });
  check(sandbox.error === null, `the sandbox sends: ${sandbox.error}`);
  check(sandbox.whenImported.includes('nestjs-phone-verify'), 'imported packages are recorded');
  check(sandbox.whenSent.includes('libsql'), 'required packages are recorded');
  checkLoaded(sandbox.whenImported, [], 'an import of the root');
  checkLoaded(sandbox.whenSent, tools, 'the root');
  const failover = await run({ ...ROOT, name: 'FailoverBackend' });
  check(failover.error === null, `failover sends: ${failover.error}`);
  checkLoaded(failover.whenSent, tools, 'failover');
}

/** The entry point for `@nestjs/terminus` needs that package, and names it in its error. */
async function checkTerminus(isInstalled) {
  const { error, whenImported } = await run({ ...ROOT, entry: '/terminus', name: 'PhoneVerifyHealthIndicator' });
  if (isInstalled) check(whenImported.includes('@nestjs/terminus'), `./terminus is imported: ${error}`);
  else check(error?.includes("'@nestjs/terminus'"), `./terminus names what it needs: ${error}`);
}

try {
  const targets = Object.entries(manifest.exports).filter(([, target]) =>
    target.default?.startsWith('./dist/backends/'),
  );
  check(
    targets.map(([entry]) => entry).join() === Object.keys(ENTRY_POINTS).join(),
    'every entry point is listed here',
  );

  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(fileURLToPath(new URL('entry-point.mjs', import.meta.url)), join(folder, 'entry-point.mjs'));
  install(resolve(tarball), atTestedVersion('libsql'), ...required.map(atTestedVersion));

  const types = join(folder, 'node_modules/nestjs-phone-verify/dist');
  for (const file of readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.d.ts'),
  )) {
    const imported = [
      ...readFileSync(join(types, file), 'utf8').matchAll(/(?:from|import\(|import) ?['"]([^'".][^'"]*)/g),
    ];
    const own = file.startsWith('terminus') ? '@nestjs/terminus' : undefined;
    const names = imported.map(([, specifier]) => specifier).filter((name) => WATCHED.has(name) && name !== own);
    check(names.length === 0, `the types of ${file} need no optional package; they need ${names.join()}`);
  }

  await checkTerminus(false);
  await forEachEntryPoint([], (entry, sdk, { whenImported, error, isConfigurationError, messageId }) => {
    checkLoaded(whenImported, [], `an import of ${entry}`);
    if (sdk.length === 0) check(messageId === 'message-1', `${entry} sends without an SDK: ${error}`);
    else {
      const command = sdk.some((name) => error?.includes(`needs the package ${name}; run: npm install ${name}`));
      check(isConfigurationError && command, `${entry} names what it needs: ${error}`);
    }
  });
  console.log(
    `no SDK: ${Object.keys(ENTRY_POINTS).length} entry points import, and start or name the package that they need`,
  );

  install(...optional.map(atTestedVersion));
  await checkTerminus(true);
  await forEachEntryPoint(
    TOOLS,
    (entry, sdk, { whenImported, isRequired, whenStarted, whenSent, error, messageId }) => {
      checkLoaded(whenImported, [], `an import of ${entry}`);
      check(messageId === 'message-1', `${entry} sends: ${error}`);
      check(isRequired, `${entry} can be required`);
      checkLoaded(whenStarted, [...TOOLS, ...sdk], `a start of ${entry}`);
      checkLoaded(whenSent, [...TOOLS, ...sdk], `a send of ${entry}`);
    },
  );
  console.log('all SDKs: each entry point loads only its own, when it starts, and sends');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
