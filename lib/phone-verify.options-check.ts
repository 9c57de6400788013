import { isBackendForm, isBackendProvider } from './backends/backend-form.js';
import { type Clock, systemClock } from './common/time.js';
import { MAX_CODE_LENGTH, MIN_CODE_LENGTH } from './common/code-format.js';
import { OptionReader } from './common/option-reader.js';
import { readEvents } from './observability/events.options.js';
import { optionNames } from './common/option-names.js';
import { readIdentifyClient } from './http/identify-client.js';
import { readAuthorizeSend } from './limits/authorize-send.js';
import { warningsOfLimits } from './limits/limit-warnings.js';
import { readLimits } from './limits/limit-readers.js';
import { readAutofill } from './message/autofill.options.js';
import { checkMessages, warningsOfMessages } from './message/message-check.js';
import { readContextKeys, readMessage, readMessages } from './message/message.options.js';
import { readNumberPolicy } from './phone-number/number-policy.options.js';
import { isCountry } from './phone-number/phone-number.js';
import { PhoneVerifyConfigurationError } from './phone-verify.errors.js';
import type { PhoneVerifyOptions, ResolvedPhoneVerifyOptions, StaticOptions } from './phone-verify.options.js';
import { readPurposes } from './verification/purposes.options.js';
import { readTestNumbers, warningsOfTestNumbers } from './phone-number/test-numbers.options.js';

const OPTIONS = optionNames<PhoneVerifyOptions>({
  backend: true,
  options: true,
  tokenLength: true,
  minTokenLength: true,
  message: true,
  messages: true,
  contextKeys: true,
  autofill: true,
  appName: true,
  expiration: true,
  verifyOnlyOnce: true,
  maxFailedAttempts: true,
  retentionDays: true,
  defaultCountry: true,
  secret: true,
  delivery: true,
  storage: true,
  cleanup: true,
  limits: true,
  authorizeSend: true,
  identifyClient: true,
  numbers: true,
  testNumbers: true,
  purposes: true,
  events: true,
});

const STATIC_OPTIONS = optionNames<StaticOptions>({
  backend: true,
  isGlobal: true,
  controllers: true,
  path: true,
  dataSource: true,
  imports: true,
  decorators: true,
});

const RESOLVED_OPTIONS = optionNames<ResolvedPhoneVerifyOptions>({
  options: true,
  tokenLength: true,
  message: true,
  messages: true,
  contextKeys: true,
  autofill: true,
  appName: true,
  expiration: true,
  verifyOnlyOnce: true,
  maxFailedAttempts: true,
  retentionDays: true,
  defaultCountry: true,
  secret: true,
  delivery: true,
  storage: true,
  cleanup: true,
  limits: true,
  authorizeSend: true,
  identifyClient: true,
  numbers: true,
  testNumbers: true,
  purposes: true,
  events: true,
});

const DELIVERY = optionNames<NonNullable<PhoneVerifyOptions['delivery']>>({ timeoutMs: true });

const STORAGE = optionNames<NonNullable<PhoneVerifyOptions['storage']>>({
  timeoutMs: true,
  preparedStatements: true,
});

const CLEANUP = optionNames<Exclude<PhoneVerifyOptions['cleanup'], false | undefined>>({ everyMinutes: true });

/** `setTimeout` is limited to 2^31 - 1 ms; ten minutes are more than any use needs. */
const MILLISECONDS = { unit: 'milliseconds', from: 1, to: 600_000 };

const MIN_SECRET_BYTES = 32;

/** NIST SP 800-63B 5.1.3.2 and OWASP ASVS 5.0, 6.5.5. */
const RECOMMENDED_EXPIRATION_SECONDS = 600;

/**
 * Inherited options, such as the methods and getters of a class, would be lost when the options are copied.
 *
 * @throws {@link PhoneVerifyConfigurationError} if the object inherits an option.
 */
export function requireOwnOptions(given: object): void {
  const inherited = OPTIONS.filter((name) => name in given && !Object.hasOwn(given, name));
  if (inherited.length === 0) return;
  throw new PhoneVerifyConfigurationError(
    inherited.map(
      (name) => `${name}: is inherited from a class; give the options as a plain object with this property`,
    ),
  );
}

/** The validated options, and warnings for the operator. */
export interface CheckedOptions {
  readonly options: ResolvedPhoneVerifyOptions;
  readonly warnings: readonly string[];
}

/**
 * Validates the configuration.
 *
 * @param given - The options of `forRoot` or of a factory.
 * @param extras - The static options beside them.
 * @param clock - Decides whether test numbers have expired.
 * @throws {@link PhoneVerifyConfigurationError} with all validation errors.
 */
export function checkOptions(given: unknown, extras: object, clock: Clock = systemClock): CheckedOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new PhoneVerifyConfigurationError('options: the factory must return an object');
  }
  const faults: string[] = [];
  const reader = new OptionReader(given, faults);
  reader.refuseUnknown(OPTIONS, staticInFactory);
  const statics = checkExtras(extras, faults);
  checkBackend(reader, statics);
  const options = readOptions(reader);
  checkMessages(reader, options);
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
  const warnings = [
    ...warningsOfLimits(options),
    ...warningsOf(options),
    ...warningsOfMessages(options, { hasRoutes: statics.boolean('controllers', true) }),
    ...warningsOfTestNumbers(options.testNumbers, clock.now()),
  ];
  return { options, warnings };
}

/**
 * Validates the resolved options, which a test may have overridden.
 *
 * @returns The options.
 * @throws {@link PhoneVerifyConfigurationError} if one is missing.
 */
export function checkOverride(options: unknown): ResolvedPhoneVerifyOptions {
  if (isResolved(options)) return options;
  const missing = RESOLVED_OPTIONS.filter((name) => !(name in Object(options)));
  throw new PhoneVerifyConfigurationError(
    `PHONE_VERIFY_OPTIONS: the override ${missing.length > 0 ? `lacks ${missing.map((name) => `\`${name}\``).join(', ')}` : 'has `limits` that were not resolved'}; ` +
      'an override must have all resolved options. To change the limits in a test, override PHONE_VERIFY_LIMITS',
  );
}

function isResolved(options: unknown): options is ResolvedPhoneVerifyOptions {
  if (typeof options !== 'object' || options === null || !('limits' in options)) return false;
  const { limits } = options;
  return RESOLVED_OPTIONS.every((name) => name in options) && typeof limits === 'object' && 'rules' in Object(limits);
}

function staticInFactory(name: string): string | undefined {
  return STATIC_OPTIONS.includes(name)
    ? `is a static option, which a factory cannot give; put \`${name}\` beside \`useFactory\``
    : undefined;
}

function checkExtras(extras: object, faults: string[]): OptionReader {
  const reader = new OptionReader(extras, faults);
  reader.refuseUnknown(STATIC_OPTIONS, (name) =>
    OPTIONS.includes(name) ? `is not a static option; return \`${name}\` from the factory` : undefined,
  );
  for (const name of ['isGlobal', 'controllers']) reader.boolean(name, false);
  for (const name of ['path', 'dataSource']) reader.text(name, '');
  if (reader.value('imports') !== undefined && !Array.isArray(reader.value('imports'))) {
    reader.fault('imports', 'must be an array of modules');
  }
  checkDecorators(reader);
  return reader;
}

function checkDecorators(reader: OptionReader): void {
  const decorators = reader.value('decorators');
  if (decorators === undefined) return;
  if (!Array.isArray(decorators) || !decorators.every((decorator) => typeof decorator === 'function')) {
    reader.fault('decorators', 'must be an array of class decorators, such as [Public(), SkipThrottle()]');
  }
}

function checkBackend(reader: OptionReader, statics: OptionReader): void {
  const fromFactory = reader.value('backend');
  const fixed = statics.value('backend');
  if (fromFactory !== undefined && fixed !== undefined) {
    reader.fault('backend', 'is given both statically and by the factory; give it once');
  } else if (isBackendProvider(fromFactory)) {
    reader.fault(
      'backend',
      'a factory can give a class or an instance; give a provider form statically, beside useFactory',
    );
  } else if (!isBackendForm(fixed ?? fromFactory)) {
    const missing = fixed === undefined && fromFactory === undefined;
    reader.fault(
      'backend',
      `${missing ? 'is required: ' : 'must be '}a class that extends BaseBackend, or an instance of one`,
    );
  }
}

function readStorage(reader: OptionReader): ResolvedPhoneVerifyOptions['storage'] {
  const storage = reader.nested('storage', STORAGE);
  return Object.freeze({
    timeoutMs: storage.integer('timeoutMs', MILLISECONDS, 5000),
    preparedStatements: storage.boolean('preparedStatements', false),
  });
}

function readDelivery(reader: OptionReader): ResolvedPhoneVerifyOptions['delivery'] {
  const delivery = reader.nested('delivery', DELIVERY);
  const timeoutMs = delivery.integer('timeoutMs', MILLISECONDS, 10_000);
  return Object.freeze({ timeoutMs, insideTimeoutMs: delivery.value('timeoutMs') === undefined ? 5000 : timeoutMs });
}

function readOptions(reader: OptionReader): ResolvedPhoneVerifyOptions {
  const contextKeys = readContextKeys(reader);
  const resolved = {
    tokenLength: readTokenLength(reader),
    message: readMessage(reader, contextKeys),
    messages: readMessages(reader, contextKeys),
    contextKeys,
    autofill: readAutofill(reader),
    appName: reader.text('appName', ''),
    expiration: reader.integer('expiration', { unit: 'seconds', from: 60, to: 86_400 }, RECOMMENDED_EXPIRATION_SECONDS),
    verifyOnlyOnce: reader.boolean('verifyOnlyOnce', true),
    maxFailedAttempts: reader.integer('maxFailedAttempts', { unit: 'attempts', from: 1, to: 100 }, 5),
    retentionDays: reader.integer('retentionDays', { unit: 'days', from: 1, to: 36_500 }, 30),
    defaultCountry: readCountry(reader),
    delivery: readDelivery(reader),
    storage: readStorage(reader),
    cleanup: readCleanup(reader),
    limits: readLimits(reader),
    identifyClient: readIdentifyClient(reader),
    authorizeSend: readAuthorizeSend(reader),
    numbers: readNumberPolicy(reader),
    options: reader.object('options'),
    secret: readSecret(reader),
    testNumbers: readTestNumbers(reader),
    purposes: readPurposes(reader),
    events: readEvents(reader),
  };
  if (reader.value('appName') === undefined) reader.fault('appName', 'is required');
  // Keeps credentials, secrets and codes out of anything that prints the options.
  for (const name of ['options', 'secret', 'testNumbers']) Object.defineProperty(resolved, name, { enumerable: false });
  // Not frozen: a monitoring tool's proxy around a provider cannot replace a function that is frozen in it.
  return resolved;
}

function readTokenLength(reader: OptionReader): number {
  const range = { unit: 'digits', to: MAX_CODE_LENGTH };
  const minimum = reader.integer('minTokenLength', { ...range, from: MIN_CODE_LENGTH }, 6);
  const widen =
    minimum > MIN_CODE_LENGTH ? `a smaller \`minTokenLength\`, down to ${MIN_CODE_LENGTH}, allows fewer` : undefined;
  return reader.integer('tokenLength', { ...range, from: minimum, widen }, Math.max(6, minimum));
}

function readCountry(reader: OptionReader): ResolvedPhoneVerifyOptions['defaultCountry'] {
  const country = reader.value('defaultCountry');
  if (country === undefined) return undefined;
  if (typeof country === 'string' && isCountry(country)) return country;
  reader.fault('defaultCountry', 'must be a country as ISO 3166-1 alpha-2 in capitals, such as "GB"');
  return undefined;
}

function readSecret(reader: OptionReader): readonly string[] {
  const given = reader.value('secret');
  if (given === undefined) return [];
  const secrets: readonly unknown[] = Array.isArray(given) ? given : [given];
  const texts = secrets.filter((secret) => typeof secret === 'string' && Buffer.byteLength(secret) >= MIN_SECRET_BYTES);
  if (secrets.length === 0 || texts.length < secrets.length) {
    reader.fault('secret', `must be a string of ${MIN_SECRET_BYTES} bytes or more, or an array of such strings`);
  }
  return Object.freeze(texts.map(String));
}

function readCleanup(reader: OptionReader): { readonly everyMinutes: number } | false {
  if (reader.value('cleanup') === false) return false;
  return {
    everyMinutes: reader.nested('cleanup', CLEANUP).integer('everyMinutes', { unit: 'minutes', from: 1, to: 1440 }, 60),
  };
}

function warningsOf({ expiration }: ResolvedPhoneVerifyOptions): string[] {
  if (expiration <= RECOMMENDED_EXPIRATION_SECONDS) return [];
  return [
    `expiration: ${expiration} seconds is longer than the ${RECOMMENDED_EXPIRATION_SECONDS} seconds that NIST SP 800-63B and OWASP ASVS allow for a code`,
  ];
}
