// Compares the time and CPU of sends with those of the provider's plain SDK, or of plain `https` with a keep-alive agent
// where no SDK is used: 200 in sequence and 50 in parallel, over TLS on loopback, to a server in a process of its own.
// Prints the ratios, and fails when one exceeds the limit. Needs `npm run build`.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const LIMIT = 1.3;
const PARALLEL = 50;
/** Sends in one measurement: short, so that some measurements are free of other load on the machine. */
const AT_A_TIME = 200;
/** Sends before the first measurement, so that both sides are compiled. */
const WARM_UP = 600;
/** Measurements of each, in turns. The quarter that is fastest decides: other load only makes one slower. */
const ROUNDS = 20;

const TO = '+14155552671';
const TEXT = 'Your code is 481516.';
const FROM = '+15551234567';

/** Responses of the providers, by the beginning of the path. */
const RESPONSES = [
  ['/2010-04-01/', 201, { sid: 'SM1', status: 'queued', num_segments: '1' }],
  ['/sms/json', 200, { 'message-count': '1', messages: [{ to: '1', 'message-id': 'm', status: '0' }] }],
  ['/v2/messages', 200, { data: { id: 'm', parts: 1, to: [{ status: 'queued' }] } }],
  ['/v1/Account/', 202, { message_uuid: ['m'] }],
  ['/sms/3/messages', 200, { messages: [{ messageId: 'm', status: { groupName: 'PENDING' }, destination: '1' }] }],
  ['/messages', 201, { id: 'm', recipients: { items: [{ recipient: 1, status: 'sent' }] } }],
  ['/v1/sms/messages', 202, { id: 'm', status: 'accepted' }],
];
const AWS_SMS = { MessageId: 'm' };
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
  async 'aws-sms'(baseUrl) {
    const { AwsSmsBackend } = await import('nestjs-phone-verify/aws-sms');
    const sdk = await import('@aws-sdk/client-pinpoint-sms-voice-v2');
    const settings = { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };
    const client = new sdk.PinpointSMSVoiceV2Client({
      ...settings,
      credentials: { ...settings.credentials },
      endpoint: baseUrl,
    });
    const input = { DestinationPhoneNumber: TO, MessageBody: TEXT, MessageType: 'TRANSACTIONAL' };
    const plain = () => client.send(new sdk.SendTextMessageCommand(input));
    return [new AwsSmsBackend({ ...settings, baseUrl }), plain];
  },
  async plivo(baseUrl) {
    const { PlivoBackend } = await import('nestjs-phone-verify/plivo');
    const plain = plainPost(`${baseUrl}/v1/Account/MA1/Message/`, 'Basic TUExOnRva2Vu', () => ({
      src: FROM,
      dst: TO.slice(1),
      text: TEXT,
    }));
    return [new PlivoBackend({ authId: 'MA1', authToken: 'token', from: FROM, baseUrl }), plain];
  },
  async messagebird(baseUrl) {
    const { MessageBirdBackend } = await import('nestjs-phone-verify/messagebird');
    const plain = plainPost(`${baseUrl}/messages`, 'AccessKey key', () => ({
      recipients: [TO.slice(1)],
      originator: FROM,
      body: TEXT,
      datacoding: 'auto',
    }));
    return [new MessageBirdBackend({ accessKey: 'key', originator: FROM, baseUrl }), plain];
  },
  async infobip(baseUrl) {
    const { InfobipBackend } = await import('nestjs-phone-verify/infobip');
    const plain = plainPost(`${baseUrl}/sms/3/messages`, 'App key', () => ({
      messages: [{ sender: FROM, destinations: [{ to: TO.slice(1) }], content: { text: TEXT } }],
    }));
    return [new InfobipBackend({ apiKey: 'key', from: FROM, baseUrl }), plain];
  },
  async bird(baseUrl) {
    const { BirdBackend } = await import('nestjs-phone-verify/bird');
    const plain = plainPost(
      `${baseUrl}/v1/sms/messages`,
      'Bearer bk_us1_key',
      () => ({ to: TO, from: FROM, text: TEXT, category: 'authentication' }),
      () => ({ 'idempotency-key': randomUUID() }),
    );
    return [new BirdBackend({ apiKey: 'bk_us1_key', from: FROM, baseUrl }), plain];
  },
};

/** The same request with `https` alone. */
function plainPost(url, authorization, body, ownHeaders = () => ({})) {
  const agent = new Agent({ keepAlive: true });
  const json = 'application/json';
  const headers = { authorization, accept: json, 'content-type': json, 'user-agent': 'plain' };
  return async () => {
    const outgoing = request(url, { method: 'POST', headers: { ...headers, ...ownHeaders() }, agent });
    outgoing.end(JSON.stringify(body()));
    const [response] = await once(outgoing, 'response');
    return JSON.parse(await readText(response));
  };
}

async function serve() {
  const [key, cert] = ['key', 'cert'].map((name) => process.env[`SPEED_${name}`]);
  const server = createServer({ key, cert }, (incoming, response) => {
    incoming.resume().once('end', () => {
      const other = incoming.headers['x-amz-target'] === undefined ? SNS : AWS_SMS;
      const [, status, body] = RESPONSES.find(([path]) => incoming.url.startsWith(path)) ?? ['/', 200, other];
      response.writeHead(status, { 'content-type': body === SNS ? 'text/xml' : 'application/json' });
      response.end(body === SNS ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send(`https://localhost:${server.address().port}`));
}

async function inSequence(send, count) {
  for (let message = 0; message < count; message += 1) await send();
}

async function inParallel(send, count) {
  for (let left = count; left > 0; left -= PARALLEL) await Promise.all(Array.from({ length: PARALLEL }, send));
}

async function measure(work, send) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  await work(send, AT_A_TIME);
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - started, cpu: (user + system) / 1000 };
}

/** The time that a quarter of the measurements stays below. */
function fastQuarter(measurements, what) {
  return measurements.map((each) => each[what]).toSorted((one, other) => one - other)[Math.floor(ROUNDS / 4)];
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
    for (const send of [ours, plain]) await work(send, WARM_UP);
    const measured = { ours: [], plain: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      measured.ours.push(await measure(work, ours));
      measured.plain.push(await measure(work, plain));
    }
    const ratio = (what) => fastQuarter(measured.ours, what) / fastQuarter(measured.plain, what);
    results.push({ title, wall: ratio('wall'), cpu: ratio('cpu') });
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
