import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, vi } from 'vitest';
import { ConsoleBackend, FailoverBackend, HttpBackend, RoutingBackend, SandboxBackend } from '../../lib/index.js';
import { describeBackend, type DeliveredMessage } from '../../lib/testing/index.js';
import { playProvider, refuseByStatus, refuseLike } from '../support/played-provider.js';
import { type Conversation, conversations } from './wire/conversation.js';

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(true));

const runner = { describe, it };
const KEY = 'key-of-the-account';

/** An imaginary gateway. */
const gateway: Pick<Conversation, 'read' | 'take'> = {
  read: ({ body }) => {
    const { to, text } = JSON.parse(body) as { to: string; text: string };
    return { numbers: [to], text };
  },
  take: () => ({ status: 202 }),
};

/** The gateway, without the kind that no status of HTTP tells. */
async function playGateway() {
  const { url, given } = await playProvider(gateway, refuseByStatus, [KEY]);
  const { rejected: _, ...scenarios } = given.scenarios;
  return { url, given: { ...given, scenarios } };
}

/** Settings of a backend that sends through it. */
function gatewayAt(url: string) {
  return {
    backend: HttpBackend,
    options: {
      url,
      headers: { authorization: `Bearer ${KEY}` },
      body: (to: string, text: string) => ({ to, text }),
    },
  };
}

describe.each(conversations.map((conversation) => ({ name: conversation.wire.name, conversation })))(
  '$name',
  ({ conversation }) => {
    describeBackend(async () => {
      const { wire } = conversation;
      const { url, given } = await playProvider(conversation, refuseLike(conversation), wire.credentials);
      return { ...given, backend: wire.create({ baseUrl: url }) };
    }, runner);
  },
);

describe('HttpBackend', () => {
  describeBackend(async () => {
    const { url, given } = await playGateway();
    return { ...given, ...gatewayAt(url) };
  }, runner);
});

describe('FailoverBackend', () => {
  describeBackend(async () => {
    const { url, given } = await playGateway();
    const backends = [gatewayAt(`${url}/first`), gatewayAt(`${url}/second`)];
    return { ...given, backend: FailoverBackend, options: { backends } };
  }, runner);
});

describe('FailoverBackend whose first backend is never reached', () => {
  describeBackend(async () => {
    const { url, given } = await playProvider(gateway, refuseByStatus, [KEY]);
    const { unavailable } = given.scenarios;
    const backends = [gatewayAt('http://127.0.0.1:1'), gatewayAt(url)];
    return {
      ...given,
      scenarios: { unavailable },
      backend: FailoverBackend,
      options: { backends },
    };
  }, runner);
});

describe('RoutingBackend', () => {
  describeBackend(async () => {
    const { url, given } = await playGateway();
    const otherwise = gatewayAt(`${url}/otherwise`);
    const routes = [{ prefixes: ['+14155552671', '+14155552673'], ...gatewayAt(`${url}/route`) }];
    return { ...given, backend: RoutingBackend, options: { routes, otherwise } };
  }, runner);
});

describe('SandboxBackend', () => {
  describeBackend(() => {
    const backend = new SandboxBackend({});
    return { backend, messages: () => backend.outbox.map(({ to, message }) => ({ number: to, message })) };
  }, runner);
});

describe('SandboxBackend as a class', () => {
  describeBackend(() => ({ backend: SandboxBackend, options: { sandboxToken: 'A-code' } }), runner);
});

describe('ConsoleBackend', () => {
  const printed: DeliveredMessage[] = [];

  beforeEach(() => {
    printed.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      const [, number, message] = /^Text message to (\S+):\n(.*)\n$/s.exec(String(text)) ?? [];
      if (number !== undefined && message !== undefined) printed.push({ number, message });
      return true;
    });
  });

  afterEach(() => vi.restoreAllMocks());

  describeBackend(() => ({ backend: ConsoleBackend, messages: () => printed }), runner);
});
