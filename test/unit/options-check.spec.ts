import { describe, expect, it } from 'vitest';
import { PhoneVerifyConfigurationError, SandboxBackend } from '../../lib/index.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';

const GOOD = { appName: 'Acme', backend: SandboxBackend };

function faultsOf(given: unknown, extras: object = {}): readonly string[] {
  try {
    checkOptions(given, extras);
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}

const SECRET = 's'.repeat(32);

describe('the options', () => {
  it.each([
    {},
    { tokenLength: 32 },
    { tokenLength: 4, minTokenLength: 4 },
    { minTokenLength: 8 },
    { message: '{security_code} {app} {name}', contextKeys: ['name'] },
    { expiration: 60 },
    { expiration: 86_400 },
    { verifyOnlyOnce: false },
    { maxFailedAttempts: 1 },
    { maxFailedAttempts: 100 },
    { retentionDays: 1 },
    { defaultCountry: 'GB' },
    { secret: SECRET },
    { secret: [SECRET, 'é'.repeat(16)] },
    { delivery: { timeoutMs: 1 }, storage: { timeoutMs: 600_000 } },
    { cleanup: false },
    { cleanup: { everyMinutes: 1440 } },
    { options: { anything: true } },
    {
      messages: { en: '{security_code}', 'PT-br': '{app} {security_code}', 'zh-Hant': '{security_code} {name}' },
      contextKeys: ['name'],
    },
    { messages: { 'de-x-formal': '{security_code}', de: undefined } },
    { messages: undefined, message: undefined },
    { autofill: {} },
    { autofill: { domain: undefined, androidAppHash: undefined } },
    { autofill: { domain: 'example.com', androidAppHash: 'FA+9qCX9VSu' } },
    { autofill: { domain: 'login.xn--mnchen-3ya.xn--p1ai' } },
    { autofill: { domain: 'localhost' } },
    { purposes: [] },
    { purposes: ['login', 'change-phone', '2fa', 'a'.repeat(64)] },
    { events: {} },
    { events: { fullNumbers: true } },
    { tokenLength: undefined, secret: undefined, cleanup: undefined },
  ])('can be %o', (options) => {
    expect(faultsOf({ ...GOOD, ...options })).toEqual([]);
  });

  it.each([
    ['tokenLength', [5, 33, 6.5, '6', null, Number.NaN, -6]],
    ['minTokenLength', [3, 33, '6']],
    [
      'message',
      [
        '',
        ' ',
        7,
        'no code',
        '{security_code} {constructor}',
        '{security_code} {__proto__}',
        '{security_code} {toString}',
        '{security_code} {}',
        '{security_code} {name}',
      ],
    ],
    ['messages', [7, 'de', [], null, {}, { de: undefined }]],
    ['contextKeys', ['name', [7], ['a b'], ['app'], ['security_code']]],
    ['appName', ['', 7, null]],
    ['expiration', [59, 86_401, '600', 600.5, Number.POSITIVE_INFINITY]],
    ['verifyOnlyOnce', ['true', 1, null]],
    ['maxFailedAttempts', [0, 101, -1, 1.5]],
    ['retentionDays', [0, -1, 0.5]],
    ['defaultCountry', ['us', 'xx', 'USA', 1, '']],
    ['secret', ['short', [], ['short'], [SECRET, 'short'], 7, Buffer.alloc(32)]],
    ['delivery', [7, [], null]],
    ['delivery.timeoutMs', []],
    ['storage', ['5s']],
    ['cleanup', [true, 60]],
    ['options', [7, [], 'x']],
    ['autofill', [true, 'example.com', [], null]],
    [
      'purposes',
      ['login', {}, null, [7], [''], ['Login'], ['a b'], ['log_in'], ['é'], ['login\n'], ['a'.repeat(65)], ['a', 'a']],
    ],
    ['events', [true, 'x', null]],
  ] as const)('cannot have as %s one of %j', (name, values) => {
    for (const value of values) {
      const faults = faultsOf({ ...GOOD, [name]: value });
      expect(faults.join('\n')).toMatch(new RegExp(`^${name}: `, 'm'));
    }
  });

  it.each([
    [{ delivery: { timeoutMs: 0 } }, 'delivery.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    [{ storage: { timeoutMs: '5' } }, 'storage.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    [{ cleanup: { everyMinutes: 1441 } }, 'cleanup.everyMinutes: must be a whole number of minutes from 1 to 1440'],
    [{ messages: { de: 'x' } }, 'messages.de: must contain {security_code}'],
    [{ messages: { de: '' } }, 'messages.de: must be a text that is not empty'],
    [{ messages: { de: 7 } }, 'messages.de: must be a text that is not empty'],
    [
      { messages: { de: '{security_code} {toString}' } },
      'messages.de: {toString} is not known; known are {app}, {security_code}; add others to `contextKeys`',
    ],
    ...['', '*', 'd', 'de_DE', 'de-', 'x-pirate', '../../x', '__proto__', 'constructor', 'toolongtag'].map(
      (tag): [object, string] => [
        { messages: { en: '{security_code}', ...JSON.parse(`{"${tag}":"{security_code}"}`) } },
        `messages.${tag}: is not a language tag (BCP 47), such as en or pt-BR`,
      ],
    ),
    ...[
      ['pt-BR', 'pt-br'],
      ['he', 'iw'],
    ].map(([canonical, another]): [object, string] => [
      { messages: { [canonical ?? '']: '{security_code}', [another ?? '']: '{security_code}' } },
      `messages.${another}: is there already, in another spelling of ${canonical}`,
    ]),
    [{ autofill: { host: 'x' } }, 'autofill.host: is not an option; the options are domain, androidAppHash'],
    [{ events: { fullNumbers: 'yes' } }, 'events.fullNumbers: must be true or false'],
    [{ delivery: { timeout: 5 } }, 'delivery.timeout: is not an option; did you mean `timeoutMs`?'],
  ])('cannot be %o, because: %s', (options, fault) => {
    expect(faultsOf({ ...GOOD, ...options })).toEqual([fault]);
  });

  it.each([
    [{}, 6],
    [{ minTokenLength: 4 }, 6],
    [{ minTokenLength: 8 }, 8],
    [{ minTokenLength: 8, tokenLength: 9 }, 9],
  ])('are with %o for codes of %i digits', (options, tokenLength) => {
    expect(checkOptions({ ...GOOD, ...options }, {}).options.tokenLength).toBe(tokenLength);
  });

  it.each([
    ['tokenLenght', '; did you mean `tokenLength`?'],
    ['tokenlength', '; did you mean `tokenLength`?'],
    ['name', '; did you mean `appName`?'],
    ['applicationName', '; docs/options.md lists the options'],
    ['expire', '; did you mean `expiration`?'],
    ['secrets', '; did you mean `secret`?'],
    ['limit', '; did you mean `limits`?'],
    ['testNumber', '; did you mean `testNumbers`?'],
    ['authorise', '; did you mean `authorizeSend`?'],
    ['x', '; docs/options.md lists the options'],
  ])('with the unknown name %s name the nearest known one', (name, suggestion) => {
    expect(faultsOf({ ...GOOD, [name]: {} })).toEqual([`${name}: is not an option${suggestion}`]);
  });

  it.each(['isGlobal', 'controllers', 'path', 'dataSource', 'imports'])(
    'from a factory cannot have the static option %s, and say where it goes',
    (name) => {
      expect(faultsOf({ ...GOOD, [name]: 'x' })).toEqual([
        `${name}: is a static option, which a factory cannot give; put \`${name}\` beside \`useFactory\``,
      ]);
    },
  );

  it.each([
    [
      { tokenLength: 4 },
      'tokenLength: must be a whole number of digits from 6 to 32; a smaller `minTokenLength`, down to 4, allows fewer',
    ],
    [{ tokenLength: 3, minTokenLength: 4 }, 'tokenLength: must be a whole number of digits from 4 to 32'],
    [{ minTokenLength: 3 }, 'minTokenLength: must be a whole number of digits from 4 to 32'],
    [{ expiration: 5 }, 'expiration: must be a whole number of seconds from 60 to 86400'],
    [{ maxFailedAttempts: 0 }, 'maxFailedAttempts: must be a whole number of attempts from 1 to 100'],
    [{ retentionDays: 0 }, 'retentionDays: must be a whole number of days from 1 to 36500'],
    [
      { message: '{security_code} {user}' },
      'message: {user} is not known; known are {app}, {security_code}; add others to `contextKeys`',
    ],
  ])('of %j name the unit and the option to change', (options, fault) => {
    expect(faultsOf({ ...GOOD, ...options })).toEqual([fault]);
  });

  it('have their language tags in canonical spelling', () => {
    const { options } = checkOptions(
      { ...GOOD, messages: { 'ZH-hant-tw': '{security_code}', iw: '{security_code}' } },
      {},
    );

    expect(options.messages).toEqual({ 'zh-Hant-TW': '{security_code}', he: '{security_code}' });
  });

  it('cause one error that lists all validation errors', () => {
    const faults = faultsOf(
      { tokenLength: 1, expiration: 0, delivery: { x: 1 }, y: 1 },
      { path: 7, controllers: 'no' },
    );

    const names = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(new Set(names)).toEqual(
      new Set(['tokenLength', 'expiration', 'delivery.x', 'y', 'path', 'controllers', 'appName', 'backend']),
    );
  });

  it.each([
    [{ isGlobal: 1 }, 'isGlobal'],
    [{ controllers: 'yes' }, 'controllers'],
    [{ path: '' }, 'path'],
    [{ dataSource: 7 }, 'dataSource'],
    [{ imports: {} }, 'imports'],
    [{ decorators: {} }, 'decorators'],
    [{ decorators: [() => undefined, 'Public'] }, 'decorators'],
    [{ expiration: 60 }, 'expiration'],
  ])('cannot contain for forRoot %o', (extras, name) => {
    expect(faultsOf(GOOD, extras)).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  it.each([null, undefined, [], 'text', 7])('cannot be %j', (given) => {
    expect(faultsOf(given)).toEqual(['options: the factory must return an object']);
  });

  it.each([class {}, {}, 'SandboxBackend', () => undefined, { useClass: class {} }])(
    'cannot have as a backend %o',
    (backend) => {
      expect(faultsOf({ appName: 'Acme' }, { backend })).toEqual([expect.stringMatching('^backend: must be a class')]);
    },
  );
});
