import { describe, expect, it } from 'vitest';
import { PhoneVerifyConfigurationError, SandboxBackend } from '../../lib/index.js';
import { obstaclesToAutofill, withAutofill } from '../../lib/message/autofill.js';
import { SHIPPED_TEXTS } from '../../lib/message/shipped-texts.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';

const DOMAIN = 'example.com';
const HASH = 'FA+9qCX9VSu';
const NONE = { domain: undefined, androidAppHash: undefined };

function check(options: object): readonly string[] {
  try {
    return checkOptions({ appName: 'Acme', backend: SandboxBackend, ...options }, {}).warnings;
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}

describe('the lines for autofill', () => {
  it.each([
    [{ domain: DOMAIN, androidAppHash: HASH }, 'Hi 123456\n\nFA+9qCX9VSu\n@example.com #123456'],
    [{ domain: DOMAIN, androidAppHash: undefined }, 'Hi 123456\n\n@example.com #123456'],
    [{ domain: undefined, androidAppHash: HASH }, 'Hi 123456\n\nFA+9qCX9VSu'],
    [NONE, 'Hi 123456'],
  ])('are for %o in the message %j', (autofill, message) => {
    expect(withAutofill('Hi 123456', '123456', autofill)).toBe(message);
  });

  it('come after one blank line, also if the text ends with white space', () => {
    const autofill = { ...NONE, domain: DOMAIN };

    expect(withAutofill('Hi\n \r\n', '1234', autofill)).toBe('Hi\n\n@example.com #1234');
    expect(withAutofill('Hi\n', '1234', NONE)).toBe('Hi\n');
  });

  it('contain the code literally', () => {
    expect(withAutofill('Hi', "$&$'#@", { ...NONE, domain: DOMAIN })).toBe("Hi\n\n@example.com #$&$'#@");
  });
});

describe('the domain', () => {
  it.each([
    'https://example.com',
    'example.com:443',
    'example.com/',
    'example.com/login',
    '@example.com',
    ' example.com',
    'example.com\n',
    'exa mple.com',
    'Example.com',
    'example.com.',
    '.example.com',
    'example..com',
    '*.example.com',
    'user@example.com',
    'example',
    '192.0.2.1',
    '1.2',
    '[2001:db8::1]',
    '2001:db8::1',
    'münchen.example',
    '-a.example',
    'a-.example',
    'a_b.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(126)}aa`,
    '',
    7,
    null,
    {},
  ])('%j is refused', (domain) => {
    expect(check({ autofill: { domain } })).toEqual([
      'autofill.domain: must be a bare host name in lower case and ASCII, such as example.com',
    ]);
  });
});

describe("the Android application's hash", () => {
  it.each(['FA+9qCX9VS', 'FA+9qCX9VSuu', 'FA-9qCX9VSu', 'FA_9qCX9VSu', 'FA+9qCX9VS=', 'FA+9qCX9VSu\n', '', 7, null])(
    '%j is refused',
    (androidAppHash) => {
      expect(check({ autofill: { androidAppHash } })).toEqual([
        'autofill.androidAppHash: must be 11 characters of A-Z, a-z, 0-9, + and /',
      ]);
    },
  );
});

describe('a template', () => {
  const LINE = 'message: has a line that begins with @, which phones take for a line bound to a domain';

  it.each([
    [{ message: 'Hi {security_code}\n\n@evil.com #{security_code}' }, { domain: DOMAIN }],
    [{ message: 'Hi {security_code}\n\n@evil.com #{security_code}' }, { androidAppHash: HASH }],
    [{ message: '@home: {security_code}' }, { domain: DOMAIN }],
    [{ message: 'a\r@home: {security_code}' }, { domain: DOMAIN }],
    [{ message: 'a\u2028@home: {security_code}' }, { domain: DOMAIN }],
    [{ message: '{app}: {security_code}', appName: '@home' }, { domain: DOMAIN }],
    [{ message: '{name}@home: {security_code}', contextKeys: ['name'] }, { domain: DOMAIN }],
  ])('is refused with %o and autofill %o', (options, autofill) => {
    expect(check({ ...options, autofill })).toContain(LINE);
    expect(check({ ...options, autofill: {} })).not.toContain(LINE);
  });

  it('may have an @ anywhere else in a line', () => {
    const message = 'Mail ada@example.com: {security_code}\n  @home';

    expect(check({ message, autofill: { domain: DOMAIN } })).toEqual([]);
  });

  it.each([
    // 13 bytes are the hash and its two line breaks, 6 the code.
    ['a'.repeat(121), {}, 140],
    ['a'.repeat(122), {}, 141],
    ['é'.repeat(60), {}, 139],
    ['é'.repeat(61), {}, 141],
    ['a'.repeat(123), { tokenLength: 4, minTokenLength: 4 }, 140],
    ['a'.repeat(124), { tokenLength: 4, minTokenLength: 4 }, 141],
    ['a'.repeat(117).concat('{app}'), {}, 140],
    ['a'.repeat(118).concat('{app}'), {}, 141],
    ['a'.repeat(121).concat('{name}'), { contextKeys: ['name'] }, 140],
  ])('is refused if it is too long with the hash: %j with %o has %i bytes', (text, options, bytes) => {
    const faults = check({ message: `{security_code}${text}`, ...options, autofill: { androidAppHash: HASH } });

    expect(faults.filter((fault) => fault.includes('bytes'))).toEqual(
      bytes > 140
        ? [`message: comes to ${bytes} bytes with the lines for autofill; Android's SMS Retriever reads 140`]
        : [],
    );
  });

  it('may have any length if only the domain is set', () => {
    const message = `{security_code}${'a'.repeat(130)}`;

    expect(obstaclesToAutofill(message, message, { ...NONE, domain: DOMAIN })).toEqual([]);
  });

  it.each([
    [{ message: `{security_code}${'a'.repeat(154)}` }, undefined],
    [
      { message: `{security_code}${'a'.repeat(155)}` },
      'message: takes 2 segments (161 units of gsm-7); each is billed',
    ],
    [
      { message: `{security_code}${'a'.repeat(134)}`, autofill: { domain: DOMAIN } },
      'message: takes 2 segments (162 units of gsm-7); each is billed',
    ],
    [
      { message: `{security_code} it’s for {app} ${'a'.repeat(60)}`, appName: 'Zoë’s' },
      'message: takes 2 segments (82 units of ucs-2, because "’" is not in GSM-7); each is billed',
    ],
    [
      { message: `{security_code}${'a'.repeat(140)}`, tokenLength: 32 },
      'message: takes 2 segments (172 units of gsm-7); each is billed',
    ],
  ])('causes with %o the warning %j', (options, warning) => {
    expect(check(options)).toEqual(warning === undefined ? [] : [warning]);
  });

  it('is identified by its language in warnings', () => {
    const autofill = { androidAppHash: HASH };

    expect(check({ messages: { de: '@home {security_code}' }, autofill })).toEqual([
      LINE.replace('message', 'messages.de'),
    ]);
    expect(check({ messages: { de: `{security_code}${'ж'.repeat(65)}` } })).toContain(
      'messages.de: takes 2 segments (71 units of ucs-2, because "ж" is not in GSM-7); each is billed',
    );
    expect(check({ messages: { de: '{security_code} {name}' }, contextKeys: ['name'] })).toEqual([
      'messages.de: {name} renders empty in messages requested over HTTP; only callers of the service pass a context',
    ]);
  });
});

describe('the shipped texts', () => {
  const SHIPPED = 'message: is not given, and of the texts that come with the library';
  const LONG_NAME = 'a'.repeat(60);

  it('prevent the start of the application if the English one prevents autofill', () => {
    const faults = check({ appName: LONG_NAME, autofill: { domain: DOMAIN, androidAppHash: HASH } });

    expect(faults).toEqual([
      `${SHIPPED} the one in English comes to 153 bytes with the lines for autofill; Android's SMS Retriever reads 140`,
    ]);
  });

  it('are one segment each with a name of ten letters and a domain of 15, without a warning', () => {
    expect(check({ appName: 'TenLetters', autofill: { domain: 'example-app.com' } })).toEqual([]);
  });

  it.each([
    ['a longer name', 'TenLetters!', { domain: 'example-app.com' }],
    ['a longer domain', 'TenLetters', { domain: 'example-shop.com' }],
  ])('cause a warning with the available lengths if they need more segments with %s', (_what, appName, autofill) => {
    expect(check({ appName, autofill })).toEqual([
      `${SHIPPED} these take more than one segment, each of which is billed: bg (2), bn (2), he (2), ko (2), ru (2), vi (2); one segment has room for an appName of 10 letters and an autofill.domain of 15, without autofill.androidAppHash`,
    ]);
  });

  it('cause a warning if they prevent autofill', () => {
    const warnings = check({ appName: 'a'.repeat(35), autofill: { domain: DOMAIN, androidAppHash: HASH } });

    expect(warnings).toEqual([
      `${SHIPPED} these are too long for Android's SMS Retriever with the lines for autofill: bn, hi, ja, ko, th`,
      expect.stringMatching(
        /^message: is not given, .* segment, each of which is billed: ar \(2\), bg \(2\), (\S+ \(2\), )+/,
      ),
    ]);
  });

  it('cause a warning that quotes the character of the name because of which they need more segments', () => {
    expect(check({ appName: 'Acme – the shop' })).toEqual([
      expect.stringMatching(/ billed: ca \(2\), .*, en \(2\), .*; "–" of appName is not in GSM-7$/),
    ]);
  });

  it.each([
    { message: '{security_code}' },
    { messages: Object.fromEntries(Object.keys(SHIPPED_TEXTS).map((tag) => [tag, '{security_code}'])) },
  ])('cause no warning if they are replaced by %o', (options) => {
    expect(check({ appName: LONG_NAME, autofill: { domain: DOMAIN, androidAppHash: HASH }, ...options })).toEqual([]);
  });
});
