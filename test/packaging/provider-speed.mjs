// Compares the time and CPU of sends with those of the provider's plain SDK, or of plain `https` with a keep-alive agent
// where no SDK is used: 200 in sequence and 50 in parallel, over TLS on loopback, to a server in a process of its own.
// Prints the ratios, and fails when one exceeds the limit. Needs `npm run build`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const LIMIT = 1.3;
const SEQUENCE = 200;
const PARALLEL = 50;
/** Bursts of parallel sends in one measurement, because one is too short to measure. */
const BURSTS = 4;
/** Measurements of each, of which the fastest counts: other load on the machine only makes one slower. */
const ROUNDS = 8;

const TO = '+14155552671';
const TEXT = 'Your code is 481516.';
const FROM = '+15551234567';

/** Responses of the providers, by the beginning of the path. */
const RESPONSES = [
  ['/2010-04-01/', 201, { sid: 'SM1', status: 'queued', num_segments: '1' }],
  ['/sms/json', 200, { 'message-count': '1', messages: [{ to: '1', 'message-id': 'm', status: '0' }] }],
  ['/v2/messages', 200, { data: { id: 'm', parts: 1, to: [{ status: 'queued' }] } }],
  ['/v1/Account/', 202, { message_uuid: ['m'] }],
];
const SNS = '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';

/** For each provider: our backend, and a function that sends with nothing of ours. */
const SENDERS = {
  async twilio(baseUrl) {
    const { TwilioBackend } = await import('nestjs-phone-verify/twilio');
    const { default: twilio } = await import('twilio');
    const settings = { sid: 'AC1', secret: 'token', from: FROM };
    const httpClient = new twilio.RequestClient();
    const send = httpClient.request.bind(httpClient);
    httpClient.request = (options) => send({ ...options, uri: baseUrl + new URL(options.uri).pathname });
    const client = twilio(settings.sid, settings.secret, { httpClient });
    const plain = () => client.messages.create({ to: TO, from: FROM, body: TEXT });
    return [new TwilioBackend({ ...settings, baseUrl }), plain];
  },
  async vonage(baseUrl) {
    const { VonageBackend } = await import('nestjs-phone-verify/vonage');
    const { SMS } = await import('@vonage/sms');
    const { Auth } = await import('@vonage/auth');
    const client = new SMS(new Auth({ apiKey: 'k', apiSecret: 's', privateKey: '' }), { restHost: baseUrl });
    const plain = () => client.send({ to: TO, from: FROM, text: TEXT });
    return [new VonageBackend({ key: 'k', secret: 's', from: FROM, baseUrl }), plain];
  },
  async 'aws-sns'(baseUrl) {
    const { AwsSnsBackend } = await import('nestjs-phone-verify/aws-sns');
    const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns');
    const settings = { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };
    const client = new SNSClient({ ...settings, credentials: { ...settings.credentials }, endpoint: baseUrl });
    const MessageAttributes = { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } };
    const plain = () => client.send(new PublishCommand({ PhoneNumber: TO, Message: TEXT, MessageAttributes }));
    return [new AwsSnsBackend({ ...settings, baseUrl }), plain];
  },
  async telnyx(baseUrl) {
    const { TelnyxBackend } = await import('nestjs-phone-verify/telnyx');
    const { default: Telnyx } = await import('telnyx');
    const client = new Telnyx({ apiKey: 'k', baseURL: `${baseUrl}/v2`, logLevel: 'off' });
    const plain = () => client.messages.send({ to: TO, from: FROM, text: TEXT });
    return [new TelnyxBackend({ apiKey: 'k', from: FROM, baseUrl }), plain];
  },
  async plivo(baseUrl) {
    const { PlivoBackend } = await import('nestjs-phone-verify/plivo');
    const agent = new Agent({ keepAlive: true });
    const headers = { authorization: 'Basic TUExOnRva2Vu', 'content-type': 'application/json' };
    const plain = async () => {
      const outgoing = request(`${baseUrl}/v1/Account/MA1/Message/`, { method: 'POST', headers, agent });
      outgoing.end(JSON.stringify({ src: FROM, dst: TO.slice(1), text: TEXT }));
      const [response] = await once(outgoing, 'response');
      return JSON.parse(await readText(response));
    };
    return [new PlivoBackend({ authId: 'MA1', authToken: 'token', from: FROM, baseUrl }), plain];
  },
};

async function serve() {
  const [key, cert] = ['key', 'cert'].map((name) => process.env[`SPEED_${name}`]);
  const server = createServer({ key, cert }, (incoming, response) => {
    incoming.resume().once('end', () => {
      const [, status, body] = RESPONSES.find(([path]) => incoming.url.startsWith(path)) ?? ['/', 200, SNS];
      response.writeHead(status, { 'content-type': body === SNS ? 'text/xml' : 'application/json' });
      response.end(body === SNS ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send(`https://localhost:${server.address().port}`));
}

async function inSequence(send) {
  for (let message = 0; message < SEQUENCE; message += 1) await send();
}

async function inParallel(send) {
  for (let burst = 0; burst < BURSTS; burst += 1) await Promise.all(Array.from({ length: PARALLEL }, send));
}

async function measure(work, send) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  await work(send);
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - started, cpu: (user + system) / 1000 };
}

async function compare(name, baseUrl) {
  const [backend, plain] = await SENDERS[name](baseUrl);
  await backend.onModuleInit();
  const ours = () => backend.sendSms(TO, TEXT);
  const results = [];
  for (const [title, work] of [
    ['in sequence', inSequence],
    ['in parallel', inParallel],
  ]) {
    const measured = { ours: [], plain: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      measured.ours.push(await measure(work, ours));
      measured.plain.push(await measure(work, plain));
    }
    const best = (who, what) => Math.min(...measured[who].map((each) => each[what]));
    results.push({
      title,
      wall: best('ours', 'wall') / best('plain', 'wall'),
      cpu: best('ours', 'cpu') / best('plain', 'cpu'),
    });
  }
  process.send(results);
}

/** Runs this script in a process of its own, and returns the first thing that it reports. */
async function start(args, environment) {
  const child = fork(fileURLToPath(import.meta.url), args, { env: { ...process.env, ...environment } });
  const [message] = await once(child, 'message');
  return { child, message };
}

async function main() {
  const source = readFileSync(new URL('../support/localhost-certificate.ts', import.meta.url), 'utf8');
  const [key, cert] = source.match(/-----BEGIN [^`]+/g);
  const folder = mkdtempSync(join(tmpdir(), 'phone-verify-speed-'));
  writeFileSync(join(folder, 'cert.pem'), cert);
  const { child: server, message: baseUrl } = await start(['serve'], { SPEED_key: key, SPEED_cert: cert });
  let isFast = true;
  try {
    for (const name of Object.keys(SENDERS)) {
      const { child, message } = await start([name, baseUrl], { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') });
      child.kill();
      for (const { title, wall, cpu } of message) {
        isFast &&= wall <= LIMIT && cpu <= LIMIT;
        console.log(`${name} ${title}: ${wall.toFixed(2)} of the time, ${cpu.toFixed(2)} of the CPU (limit ${LIMIT})`);
      }
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
  process.exitCode = isFast ? 0 : 1;
}

const [mode, address] = process.argv.slice(2);
if (mode === undefined) await main();
else if (mode === 'serve') await serve();
else await compare(mode, address);
