import { describe, expect, it } from 'vitest';
import { sendContext, TEXT, TO } from '../support/provider-faults.js';
import { type ReceivedRequest, WireServer } from '../support/wire-server.js';
import { conversations } from './wire/conversation.js';
import { SNS_REQUEST, TWILIO_REQUEST } from './wire/published-requests.js';
import { type RequestSchema, schemaFaults } from './wire/request-schema.js';

const FORM = 'application/x-www-form-urlencoded';

function request(body: object, type = 'application/json') {
  const isJson = type.includes('json');
  const text = isJson ? JSON.stringify(body) : String(new URLSearchParams(Object.entries(body)));
  return { method: 'POST', path: '/', headers: { 'content-type': type }, body: text };
}

const SCHEMA: RequestSchema = {
  to: { type: 'string', isRequired: true, pattern: /^\+\d+$/ },
  from: { type: 'string', isRequired: { without: 'pool' } },
  pool: { type: 'string' },
  ttl: { type: 'number', range: [5, 10] },
  ref: { type: 'string', length: [1, 3] },
  mode: { type: 'string', values: ['a', 'b'] },
  list: {
    type: 'array',
    length: [1, 2],
    entry: { type: 'object', fields: { id: { type: 'number', isRequired: true } } },
  },
  labels: { type: 'object', length: [0, 1], entry: { type: 'string' } },
};

describe('the check of a request against the schema of its provider', () => {
  it('finds nothing in a valid request', () => {
    const valid = {
      to: '+1',
      from: 'A',
      ttl: 5,
      ref: 'abc',
      mode: 'b',
      list: [{ id: 1 }, { id: 2 }],
      labels: { a: 'b' },
    };

    expect(schemaFaults(SCHEMA, request(valid))).toEqual([]);
    expect(schemaFaults(SCHEMA, request({ to: '+1', pool: 'B' }))).toEqual([]);
  });

  it.each([
    [{ too: 1 }, ['too is no field']],
    [{ toString: 1 }, ['toString is no field']],
    [{ to: undefined }, ['to is missing']],
    [{ from: undefined }, ['from is missing']],
    [{ to: '1' }, ['to has a wrong form']],
    [{ to: 1 }, ['to is no string']],
    [{ ttl: 4 }, ['ttl is out of range']],
    [{ ttl: 11 }, ['ttl is out of range']],
    [{ ttl: '5' }, ['ttl is no number']],
    [{ ref: 'abcd' }, ['ref has a wrong length']],
    [{ mode: 'c' }, ['mode is no known value']],
    [{ list: [] }, ['list has a wrong length']],
    [{ list: [{}] }, ['list.id is missing']],
    [{ list: [7] }, ['list is no object']],
    [{ list: [{ id: 1, name: 'x' }] }, ['list.name is no field']],
    [{ labels: { a: 1 } }, ['labels.a is no string']],
    [{ labels: { a: 'b', c: 'd' } }, ['labels has a wrong length']],
  ])('finds what is wrong in %j', (fields, faults) => {
    expect(schemaFaults(SCHEMA, request({ to: '+1', from: 'A', ...fields }))).toEqual(faults);
  });

  it('reads a form too', () => {
    const valid = { To: TO, From: 'Acme', Body: 'x', ValidityPeriod: '60', SmartEncoded: 'true' };

    expect(schemaFaults(TWILIO_REQUEST, request(valid, FORM))).toEqual([]);
    expect(schemaFaults(TWILIO_REQUEST, request({ To: TO, From: 'Acme', Validity: '60' }, FORM))).toEqual([
      'Body is missing',
      'Validity is no field',
    ]);
  });

  it.each([
    ['AWS.SNS.SMS.SMSType', { DataType: 'String', StringValue: 'Transactional' }, []],
    ['AWS.SNS.SMS.SMSType', { DataType: 'String', StringValue: 'Urgent' }, ['StringValue is no known value']],
    ['AWS.SNS.SMS.MaxPrice', { DataType: 'Number', StringValue: '1001' }, ['StringValue is out of range']],
    ['AWS.SNS.SMS.MaxPrice', { DataType: 'String', StringValue: '1' }, ['DataType is no known value']],
    ['AWS.MM.SMS.EntityId', { StringValue: '1101' }, ['DataType is missing']],
    ['AWS.MM.SMS.EntityId', { DataType: 'String' }, ['StringValue is missing']],
    ['AWS.MM.SMS.EntityId', { DataType: 'String', StringValue: '1101', Text: 'x' }, ['Text is no field']],
  ])('reads the numbered entries of AWS: %s with %j', (name, value, faults) => {
    const parts = Object.entries(value).map(([part, each]) => [`MessageAttributes.entry.1.Value.${part}`, each]);
    const fields = {
      Action: 'Publish',
      Version: '2010-03-31',
      PhoneNumber: TO,
      Message: 'x',
      'MessageAttributes.entry.1.Name': name,
      ...Object.fromEntries(parts),
    };

    expect(schemaFaults(SNS_REQUEST, request(fields, FORM))).toEqual(
      faults.map((fault) => `MessageAttributes.${name}.${fault}`),
    );
  });
});

/** A field of each provider with a value that is out of bounds, and what the check says. */
const OUT_OF_BOUNDS: Readonly<Record<string, readonly [field: string, value: Value, fault: string]>> = {
  TwilioBackend: ['ValidityPeriod', '36001', 'is out of range'],
  VonageBackend: ['ttl', 19_999, 'is out of range'],
  AwsSnsBackend: ['Message', 'x'.repeat(1601), 'has a wrong length'],
  AwsSmsBackend: ['TimeToLive', 4, 'is out of range'],
  BirdBackend: ['text', 'x'.repeat(1837), 'has a wrong length'],
  TelnyxBackend: ['encoding', 'latin1', 'is no known value'],
  MessageBirdBackend: ['originator', 'x'.repeat(18), 'has a wrong length'],
  PlivoBackend: ['message_expiry', 4, 'is out of range'],
  InfobipBackend: ['messages', [], 'has a wrong length'],
};

type Value = string | number | readonly unknown[] | undefined;

/** The request with other values of its fields; `undefined` removes one. */
function changed(original: ReceivedRequest, fields: Readonly<Record<string, Value>>): ReceivedRequest {
  const { headers, body } = original;
  if (headers['content-type']?.includes('json')) {
    return { ...original, body: JSON.stringify({ ...JSON.parse(body), ...fields }) };
  }
  const form = new URLSearchParams(body);
  for (const [name, value] of Object.entries(fields)) {
    form.delete(name);
    // A form has no lists.
    if (typeof value === 'string' || typeof value === 'number') form.set(name, String(value));
  }
  return { ...original, body: String(form) };
}

describe.each(conversations)('the schema of $wire.name', ({ wire }) => {
  async function sent(): Promise<ReceivedRequest> {
    const server = await WireServer.start();
    server.answer(wire.success('message-1'));
    await wire.create({ baseUrl: server.url }).sendSms(TO, TEXT, sendContext());
    await server.close();
    return server.last;
  }

  it('finds nothing in what the backend sends, and each change that the provider does not document', async () => {
    const valid = await sent();
    const [field, value, fault] = OUT_OF_BOUNDS[wire.name] ?? ['', '', ''];
    const required = Object.entries(wire.schema).flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));

    expect(schemaFaults(wire.schema, valid)).toEqual([]);
    expect(schemaFaults(wire.schema, changed(valid, { noSuchField: 'x' }))).toEqual(['noSuchField is no field']);
    expect(schemaFaults(wire.schema, changed(valid, { [field]: value }))).toEqual([`${field} ${fault}`]);
    expect(required.length).toBeGreaterThan(0);
    for (const name of required) {
      expect(schemaFaults(wire.schema, changed(valid, { [name]: undefined }))).toEqual([`${name} is missing`]);
    }
  });
});
