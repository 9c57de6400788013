import { afterEach, describe, expect, it } from 'vitest';
import type { IdentifyClient } from '../../lib/index.js';
import {
  ADAPTERS,
  type Adapter,
  connectFrom,
  startApplication,
  type TestApplication,
  type TrustProxy,
} from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { register } from '../support/requests.js';

const CDN_HEADERS = ['CF-Connecting-IP', 'True-Client-IP', 'Fastly-Client-IP', 'X-Azure-ClientIP'];
const EDGE = '198.51.100.1';
const CLIENT = '203.0.113.7';

interface Setup {
  readonly trustProxy?: TrustProxy;
  readonly identifyClient?: IdentifyClient;
}

let test: TestApplication;
const logger = new RecordedLogs();

async function start(adapter: Adapter, peer: string, { trustProxy, identifyClient }: Setup = {}): Promise<void> {
  logger.lines.length = 0;
  test = await startApplication({
    adapter,
    logger,
    ...(trustProxy !== undefined && { trustProxy }),
    phoneVerify: { identifyClient, limits: { ...NO_LIMITS, perIp: [{ max: 3, seconds: 60 }] } },
  });
  connectFrom(test, peer);
}

async function send(headers: Record<string, string>): Promise<number> {
  const { status } = await register(test.app).set(headers);
  return status;
}

const warnings = (): string[] => logger.lines.filter((line) => line.startsWith('warn: A request from'));

afterEach(() => test.close());

describe.each(ADAPTERS)('a request through a CDN, on %s', (adapter) => {
  it.each(CDN_HEADERS)('logs one warning, which names the header and what to change: %s', async (header) => {
    await start(adapter, EDGE);

    const statuses = [];
    for (const last of [1, 2, 3, 4]) statuses.push(await send({ [header]: `203.0.113.${last}` }));

    expect(warnings()).toHaveLength(1);
    for (const part of [EDGE, header.toLowerCase(), 'limits.perIp', '`trust proxy`', '`trustProxy`', 'identifyClient'])
      expect(warnings()[0]).toContain(part);
    expect(logger.text).not.toContain('203.0.113.');
    // The limit stays enforced, for everybody behind the edge together.
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('logs one warning for all headers together', async () => {
    await start(adapter, EDGE);

    for (const header of CDN_HEADERS) await send({ [header]: CLIENT });

    expect(warnings()).toHaveLength(1);
  });

  it.each([
    ['is the address of the header', CLIENT, CLIENT],
    ['is the address of the header in another notation', '2001:db8::1', '2001:DB8:0:0::1'],
    ['is private', '10.0.0.1', CLIENT],
    ['is the machine itself', '127.0.0.1', CLIENT],
  ])('logs no warning if the address that counts %s', async (_case, peer, value) => {
    await start(adapter, peer);

    for (const header of CDN_HEADERS) await send({ [header]: value });

    expect(warnings()).toEqual([]);
  });

  it('logs no warning if the adapter trusts the CDN, and one if it trusts only the load balancer behind it', async () => {
    await start(adapter, EDGE, { trustProxy: [EDGE] });
    await send({ 'X-Forwarded-For': CLIENT, 'CF-Connecting-IP': CLIENT });
    expect(warnings()).toEqual([]);
    await test.close();

    await start(adapter, '10.0.0.1', { trustProxy: 'uniquelocal' });
    await send({ 'X-Forwarded-For': `${CLIENT}, ${EDGE}`, 'CF-Connecting-IP': CLIENT });
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(`A request from ${EDGE} `);
  });

  it('logs no warning if identifyClient names the address, and one if it names only a subject', async () => {
    await start(adapter, EDGE, { identifyClient: () => ({ ip: CLIENT }) });
    await send({ 'CF-Connecting-IP': CLIENT });
    expect(warnings()).toEqual([]);
    await test.close();

    await start(adapter, EDGE, { identifyClient: () => ({ subject: 'ada' }) });
    await send({ 'CF-Connecting-IP': CLIENT });
    expect(warnings()).toHaveLength(1);
  });

  it('logs no warning for the headers of other proxies', async () => {
    await start(adapter, EDGE);

    await send({ 'X-Forwarded-For': CLIENT, 'X-Real-IP': CLIENT });

    expect(warnings()).toEqual([]);
  });
});
