import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomDigits, randomToken } from '../../lib/common/random.js';
import {
  CodeKeys,
  hashSecurityCode,
  hashToken,
  storedForms,
  saltsOf,
  unsealSecurityCode,
} from '../../lib/verification/security-code.js';
import { isSecurityCode } from '../../lib/common/code-format.js';

const BINDING = { sessionToken: randomToken(), phoneNumber: '+14155552671', purpose: 'login' };
const SECRET = 'a secret of thirty-two bytes or more';

function seal(...parameters: Parameters<typeof storedForms>): string {
  return storedForms(...parameters).sealedCode;
}

const OTHERS = [
  { ...BINDING, sessionToken: randomToken() },
  { ...BINDING, phoneNumber: '+14155552672' },
  { ...BINDING, purpose: 'change' },
  { ...BINDING, phoneNumber: '+1415555267', purpose: '1login' },
];

describe('a sealed code', () => {
  it.each(['0000', '123456', '~'.repeat(32), '!"#$'])('opens to %s', (code) => {
    expect(unsealSecurityCode(BINDING, seal(BINDING, code, SECRET), [SECRET])).toBe(code);
  });

  it('is different each time, and as long for every code', () => {
    const sealed = Array.from({ length: 50 }, (_, index) => seal(BINDING, '1'.repeat(4 + (index % 29)), ''));

    expect(new Set(sealed).size).toBe(50);
    expect(new Set(sealed.map(({ length }) => length)).size).toBe(1);
  });

  it.each(OTHERS)('stays shut for %o', (other) => {
    expect(unsealSecurityCode(other, seal(BINDING, '123456', SECRET), [SECRET])).toBeNull();
  });

  it('opens with any of several secrets, and with no other', () => {
    const sealed = seal(BINDING, '123456', SECRET);

    expect(unsealSecurityCode(BINDING, sealed, ['new secret', SECRET])).toBe('123456');
    expect(unsealSecurityCode(BINDING, sealed, ['', 'new secret'])).toBeNull();
  });

  it('stays shut when any byte of it was changed', () => {
    const sealed = seal(BINDING, '123456', SECRET);
    const bytes = Buffer.from(sealed.slice(2), 'base64url');

    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index);
      expect(unsealSecurityCode(BINDING, `1.${changed.toString('base64url')}`, [SECRET])).toBeNull();
    }
  });

  it.each(['', '1.', '2.AAAA', '1.AAAA', 'AAAA'])('is not %j', (sealed) => {
    expect(unsealSecurityCode(BINDING, sealed, [SECRET])).toBeNull();
  });
});

describe('the hash of a code', () => {
  it('is versioned lowercase hex, the same each time', () => {
    const hash = hashSecurityCode(BINDING, '123456', SECRET);

    expect(hash).toMatch(/^1\.[0-9a-f]{64}$/);
    expect(hashSecurityCode({ ...BINDING }, '123456', SECRET)).toBe(hash);
  });

  it('differs by code, token, number, purpose and secret', () => {
    const hashes = [BINDING, ...OTHERS].flatMap((binding) =>
      ['123456', '123457'].flatMap((code) => [SECRET, ''].map((secret) => hashSecurityCode(binding, code, secret))),
    );

    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

it('the keys of a session are those of HKDF, and differ by use', () => {
  for (const salt of ['', SECRET]) {
    for (const use of ['security_code', 'sealed_code'] as const) {
      const expected = hkdfSync('sha256', BINDING.sessionToken, salt, `nestjs-phone-verify 1.${use}`, 32);
      expect(new CodeKeys(BINDING.sessionToken, salt).of(use)).toEqual(Buffer.from(expected));
    }
  }
});

it('a new code is stored with the hash that a check compares', () => {
  expect(storedForms(BINDING, '123456', SECRET).securityCode).toBe(hashSecurityCode(BINDING, '123456', SECRET));
});

describe('rows outlive a release', () => {
  // Made by another implementation of HKDF, HMAC and AES-GCM from the description in docs/security-model.md: each use has
  // a key of its own, and each part that is bound has its length in front. A change of these ends every open session.
  const STORED = { sessionToken: 'A'.repeat(43), phoneNumber: '+14155552671', purpose: 'login' };
  const SEALED = 'AAECAwQFBgcICQoLwPwTUSHRfaztKZqtu4diML4HRV95kWDFSw2dLDbkzxMfZXfbVUTToIdLlrmMevL-';

  it.each([
    ['', '5614ac916a9d626c61ee8e9398b0b35784a0fc15635057523921a7e04ac64305'],
    [SECRET, 'ab1e8ea4f7b36580ef80e2ac170dfb1409ff103e3cf86446915716faca099b99'],
  ])('the hash under the secret %j stays', (secret, hash) => {
    expect(hashSecurityCode(STORED, '123456', secret)).toBe(`1.${hash}`);
  });

  it('a sealed code opens, and not as one of another version', () => {
    expect(unsealSecurityCode(STORED, `1.${SEALED}`, [SECRET])).toBe('123456');
    expect(unsealSecurityCode(STORED, `2.${SEALED}`, [SECRET])).toBeNull();
  });
});

it('the hash of a token is SHA-256 in lowercase hex', () => {
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('without a secret the salt is empty, with some the first is for new codes', () => {
  expect(saltsOf([])).toEqual(['']);
  expect(saltsOf(['new', 'old'])).toEqual(['new', 'old']);
});

it.each([
  ['1234', true],
  ['x'.repeat(32), true],
  ['~!', false],
  ['123', false],
  ['x'.repeat(33), false],
  ['12 34', false],
  ['1234\n', false],
  ['１２３４', false],
])('%j can be a code: %s', (text, can) => {
  expect(isSecurityCode(text)).toBe(can);
});

it.each([1, 4, 14, 15, 32])('codes have %i digits, also where that is more than one draw has', (length) => {
  const codes = Array.from({ length: 200 }, () => randomDigits(length));

  expect(codes.filter((code) => !new RegExp(`^\\d{${length}}$`).test(code))).toEqual([]);
  expect(new Set(codes.map((code) => code.at(-1))).size).toBe(10);
});

it('a million codes have every digit in every place evenly, leading zeros kept', () => {
  const CODES = 1_000_000;
  const counts = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => 0));
  let odd = 0;

  for (let drawn = 0; drawn < CODES; drawn++) {
    const code = randomDigits(6);
    if (!/^\d{6}$/.test(code)) odd++;
    for (let place = 0; place < 6; place++) {
      const digits = counts[place];
      const digit = code.charCodeAt(place) - 48;
      if (digits) digits[digit] = (digits[digit] ?? 0) + 1;
    }
  }

  expect(odd).toBe(0);
  // Chi-square with 9 degrees of freedom: 60 is passed by chance once in a billion draws of a place.
  const chiSquares = counts.map((digits) =>
    digits.reduce((sum, count) => sum + (count - CODES / 10) ** 2 / (CODES / 10), 0),
  );
  for (const chiSquare of chiSquares) expect(chiSquare).toBeLessThan(60);
}, 60_000);
