import { describe, expect, it } from 'vitest';
import { type RequestSchema, schemaFaults, TWILIO_REQUEST } from './wire/request-schema.js';

function request(body: object, type = 'application/json') {
  const isJson = type.includes('json');
  const text = isJson ? JSON.stringify(body) : String(new URLSearchParams(Object.entries(body)));
  return { method: 'POST', path: '/', headers: { 'content-type': type }, body: text };
}

const SCHEMA: RequestSchema = {
  to: { type: 'string', isRequired: true, pattern: /^\+\d+$/ },
  ttl: { type: 'number', range: [5, 10] },
  ref: { type: 'string', length: [1, 3] },
  mode: { type: 'string', values: ['a', 'b'] },
  list: { type: 'array', length: [1, 2], fields: { id: { type: 'number', isRequired: true } } },
};

describe('the check of a request against the schema of its provider', () => {
  it('finds nothing in a valid request', () => {
    const valid = { to: '+1', ttl: 5, ref: 'abc', mode: 'b', list: [{ id: 1 }, { id: 2 }] };

    expect(schemaFaults(SCHEMA, request(valid))).toEqual([]);
  });

  it.each([
    [{ to: '+1', too: 1 }, ['too is no field']],
    [{ to: '+1', toString: 1 }, ['toString is no field']],
    [{}, ['to is missing']],
    [{ to: '1' }, ['to has a wrong form']],
    [{ to: 1 }, ['to is no string']],
    [{ to: '+1', ttl: 4 }, ['ttl is out of range']],
    [{ to: '+1', ttl: 11 }, ['ttl is out of range']],
    [{ to: '+1', ttl: 'soon' }, ['ttl is no number']],
    [{ to: '+1', ref: 'abcd' }, ['ref has a wrong length']],
    [{ to: '+1', mode: 'c' }, ['mode is no known value']],
    [{ to: '+1', list: [] }, ['list has a wrong length']],
    [{ to: '+1', list: [{}] }, ['list.id is missing']],
    [{ to: '+1', list: [{ id: 1, name: 'x' }] }, ['list.name is no field']],
  ])('finds what is wrong in %j', (body, faults) => {
    expect(schemaFaults(SCHEMA, request(body))).toEqual(faults);
  });

  it('reads a form too', () => {
    const form = 'application/x-www-form-urlencoded';

    expect(
      schemaFaults(TWILIO_REQUEST, request({ To: '+14155552671', Body: 'x', ValidityPeriod: '60' }, form)),
    ).toEqual([]);
    expect(schemaFaults(TWILIO_REQUEST, request({ To: '+14155552671', Validity: '60' }, form))).toEqual([
      'Body is missing',
      'Validity is no field',
    ]);
  });
});
