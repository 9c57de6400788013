import { describe, expect, it } from 'vitest';
import { readBody, RequestInvalidError } from '../../lib/http/http-request.js';
import { RegisterRequest, VerifyRequest } from '../../lib/http/bodies.js';

describe('the body of a request', () => {
  it('returns the requested fields and no others', () => {
    const body: unknown = JSON.parse(
      '{ "phone_number": "1", "is_verified": true, "__proto__": { "session_token": "a" } }',
    );

    expect(Object.entries(readBody(RegisterRequest, body, []))).toEqual([
      ['phone_number', '1'],
      ['purpose', undefined],
    ]);
  });

  it('lacks a field that is not its own property', () => {
    const inherited: unknown = Object.create({ phone_number: '1' });
    const computed = {
      get phone_number(): string {
        throw new Error('must not be asked');
      },
    };

    expect(() => readBody(RegisterRequest, inherited, ['login'])).toThrow(RequestInvalidError);
    expect(() => readBody(RegisterRequest, computed, ['login'])).toThrow(RequestInvalidError);
  });

  it('does not inherit a purpose', () => {
    const inherited: unknown = Object.assign(Object.create({ purpose: 'login' }), { phone_number: '1' });

    expect(readBody(RegisterRequest, inherited, ['login']).purpose).toBeUndefined();
  });

  it('has one error text for every invalid field', () => {
    const errors = { phone_number: ['This field is required.'], session_token: ['Not a valid string.'] };

    expect(() => readBody(VerifyRequest, { session_token: 1, security_code: '1' }, [])).toThrow(
      expect.objectContaining({ errors }),
    );
  });
});
