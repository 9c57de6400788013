import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientIdentity, IdentifyClient, IncomingRequest } from '../../lib/index.js';
import { ClientAddresses } from '../../lib/http/client-address.js';
import { ClientIdentification, type IdentifiedClient } from '../../lib/http/client-identification.js';
import { IpAddress } from '../../lib/limits/address.js';
import { ODD_THROWS } from '../support/failing-backends.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER } from '../support/requests.js';

const REQUEST: IncomingRequest = { headers: {}, ip: '198.51.100.1' };

/** By the adapter, without a subject. */
const BY_ADAPTER = identified('198.51.100.1', undefined);

/** An identity whose values are getters of its class. */
class Account {
  get ip(): string {
    return '203.0.113.7';
  }

  get subject(): string {
    return 'ada';
  }
}

let logs: RecordedLogs;

beforeEach(() => {
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => {
  vi.useRealTimers();
  Logger.overrideLogger(false);
});

function identified(ip: string, subject: string | undefined): IdentifiedClient {
  return { client: { ip: IpAddress.read(ip), isUntrustedProxy: false }, subject };
}

function identifyWith(identifyClient: IdentifyClient): ClientIdentification {
  return new ClientIdentification(identifyClient, new ClientAddresses());
}

/** A function that was written without types. */
function returning(identity: unknown): IdentifyClient {
  return () => identity as ClientIdentity;
}

function identify(identifyClient: IdentifyClient, request = REQUEST): Promise<IdentifiedClient> {
  return identifyWith(identifyClient).identify(request);
}

describe('the client of a request, by identifyClient', () => {
  it.each([
    ['an object', { ip: '203.0.113.7', subject: 'ada' }],
    ['a promise', Promise.resolve({ ip: '203.0.113.7', subject: 'ada' })],
    ['an instance with getters', new Account()],
    ['an object without a prototype', Object.assign(Object.create(null), { ip: '203.0.113.7', subject: 'ada' })],
    ['an object with more than its values', { ip: '203.0.113.7', subject: 'ada', name: 'Ada' }],
  ])('can come from %s', async (_form, identity) => {
    expect(await identify(returning(identity))).toEqual(identified('203.0.113.7', 'ada'));
    expect(logs.lines).toEqual([]);
  });

  it.each([
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['10.0.0.1', '10.0.0.1'],
  ])('has the address %s in its canonical form, %s', async (ip, canonical) => {
    expect(await identify(returning({ ip }))).toEqual(identified(canonical, undefined));
  });

  it('is never an untrusted proxy if the function names its address', async () => {
    const request = { headers: { 'x-forwarded-for': '203.0.113.7' }, ip: '10.0.0.1' };

    expect(await identify(returning({ ip: '10.0.0.2' }), request)).toEqual(identified('10.0.0.2', undefined));
    expect(await identify(returning({ subject: 'ada' }), request)).toEqual({
      client: { ip: IpAddress.read('10.0.0.1'), isUntrustedProxy: true },
      subject: 'ada',
    });
  });

  it('is an untrusted proxy if the function returns the address of one that the adapter does not trust', async () => {
    const request = { headers: { 'x-forwarded-for': '203.0.113.7' }, ip: '10.0.0.1' };

    expect(await identify(({ ip }) => ({ ip }), request)).toEqual({
      client: { ip: IpAddress.read('10.0.0.1'), isUntrustedProxy: true },
      subject: undefined,
    });
  });

  it.each([{}, { ip: undefined, subject: undefined }])(
    'is that of the adapter without an error if the function returns %j',
    async (identity) => {
      expect(await identify(returning(identity))).toEqual(BY_ADAPTER);
      expect(logs.lines).toEqual([]);
    },
  );

  it.each([undefined, null, '203.0.113.7', 7, true, () => ({})])(
    'is that of the adapter, with an error, if the function returns %o',
    async (identity) => {
      expect(await identify(returning(identity))).toEqual(BY_ADAPTER);
      expect(logs.text).toMatch(/^error: identifyClient: it did not return an object .*limits\.perIp .*perSubject/);
    },
  );

  it.each(['nonsense', '', ' 203.0.113.7', '203.0.113', '203.0.113.7, 203.0.113.8', null, 7, ['203.0.113.7'], {}])(
    "has the adapter's address, with an error, if the function returns the `ip` %j",
    async (ip) => {
      expect(await identify(returning({ ip, subject: 'ada' }))).toEqual(identified('198.51.100.1', 'ada'));
      expect(logs.text).toMatch(/^error: identifyClient: it returned an `ip` that is not an IP address\./);
    },
  );

  it.each(['', null, 7, true, ['ada'], {}])(
    'has no subject, with an error, if the function returns the `subject` %j',
    async (subject) => {
      expect(await identify(returning({ ip: '203.0.113.7', subject }))).toEqual(identified('203.0.113.7', undefined));
      expect(logs.text).toMatch(/^error: identifyClient: it returned a `subject` that is not a string of one or more/);
    },
  );

  it.each(ODD_THROWS)('is that of the adapter, with an error, if the function throws %s', async (_name, make) => {
    const throwing = (): never => {
      throw make();
    };
    expect(await identify(throwing)).toEqual(BY_ADAPTER);
    expect(await identify(async () => throwing())).toEqual(BY_ADAPTER);
    expect(logs.lines).toHaveLength(2);
    expect(logs.text).toMatch(/^error: identifyClient: it failed with /);
  });

  it('is that of the adapter, with an error, if a value throws when it is read', async () => {
    const identity = {
      get ip(): string {
        throw new Error('boom');
      },
    };

    expect(await identify(() => identity)).toEqual(BY_ADAPTER);
    expect(logs.text).toContain('identifyClient: it failed with Error: boom.');
  });

  it('is that of the adapter, with an error, if the function does not respond within five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
    let isIdentified = false;
    const pending = identify(() => new Promise(() => undefined)).finally(() => (isIdentified = true));

    await vi.advanceTimersByTimeAsync(4999);
    expect(isIdentified).toBe(false);
    await vi.advanceTimersByTimeAsync(2);

    expect(await pending).toEqual(BY_ADAPTER);
    expect(logs.text).toContain('identifyClient: it failed with TimeLimitError: No response within 5000 ms.');
  });
});

describe('the errors of identifyClient in the log', () => {
  it('are one a minute, whatever fails', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let identity: unknown;
    const identification = identifyWith(async () => identity as ClientIdentity);
    const failAll = async (): Promise<void> => {
      for (identity of [undefined, { ip: 'nonsense' }, { subject: '' }]) await identification.identify(REQUEST);
    };

    await failAll();
    vi.advanceTimersByTime(59_999);
    await failAll();
    expect(logs.lines).toHaveLength(1);

    vi.advanceTimersByTime(1);
    await failAll();
    expect(logs.lines).toHaveLength(2);
  });

  it('show neither the number nor the session token that the client sent', async () => {
    const token = 'a-session-token-of-the-client';
    const body = { phone_number: NUMBER, session_token: token, other: 'kept' };

    await identify(
      ({ body: sent }) => {
        throw new Error(JSON.stringify(sent));
      },
      { ...REQUEST, body },
    );

    await identifyWith(() => {
      throw new Error('no account has +44 7700 900123 or 4155552671');
    }).identify({ ...REQUEST, body });
    expect(logs.text).toContain('no account has [number] or [number]');
    expect(logs.text).toContain('kept');
    expect(logs.text).not.toContain(NUMBER.slice(1));
    expect(logs.text).not.toContain(token);
  });
});
