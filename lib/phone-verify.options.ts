import type { FactoryProvider, InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import type { CountryCode } from 'libphonenumber-js/max';
import type { BackendClass, BackendProvider } from './backends/backend.options.js';
import type { BaseBackend } from './backends/base.backend.js';
import type { AuthorizeSend } from './limits/authorize-send.js';
import type { LimitOptions, ResolvedLimits } from './limits/limits.options.js';
import type { AutofillOptions } from './message/autofill.options.js';
import type { Autofill } from './message/autofill.js';
import type { EventOptions } from './observability/events.options.js';
import type { NumberOptions } from './phone-number/number-policy.options.js';
import type { NumberPolicy } from './phone-number/number-policy.js';
import type { TestNumberOptions } from './phone-number/test-numbers.options.js';
import type { TestNumbers } from './phone-number/test-numbers.js';

/**
 * The settings of the module that a factory can give.
 *
 * @publicApi
 */
export interface PhoneVerifyOptions {
  /** Who sends the messages: a class that extends {@link BaseBackend}, or a ready instance. Required, here or statically. */
  backend?: BackendClass | BaseBackend<unknown>;
  /** The backend's own settings, injected under {@link PHONE_VERIFY_BACKEND_OPTIONS}. Default `{}`. */
  options?: object;
  /** Digits in a code, `minTokenLength` to 32. Default 6: the least that NIST SP 800-63B 5.1.3.2 allows. */
  tokenLength?: number;
  /** A `tokenLength` below it is refused, 4 to 32. Default 6. */
  minTokenLength?: number;
  /**
   * The text for everybody whom `messages` has none for, with `{app}`, `{security_code}` and the names in `contextKeys`.
   * Default: a text in the person's language, where the library has one, else in English.
   */
  message?: string | undefined;
  /** Texts as `message`, by language tag (BCP 47), looked up by the person's languages (RFC 4647). Default: none. */
  messages?: Readonly<Record<string, string>> | undefined;
  /** Further names that `message` and `messages` may use, given by callers of the service as `context`. Default `[]`. */
  contextKeys?: readonly string[];
  /** Lines at the end of every message by which phones fill the code in. Default: none. */
  autofill?: AutofillOptions;
  /** The application's name, for `{app}`. Required. */
  appName: string;
  /** Life of a code in seconds, 60 to 86 400. Default 600: the most that NIST SP 800-63B 5.1.3.2 allows. */
  expiration?: number;
  /** Whether a verified code is refused when it comes again. Default `true` (OWASP ASVS 5.0, 6.5.1). */
  verifyOnlyOnce?: boolean;
  /** Wrong codes after which a session locks, 1 to 100. Default 5. */
  maxFailedAttempts?: number;
  /** Age in days at which rows are deleted, 1 or more. Default 30. */
  retentionDays?: number;
  /** Country of numbers written without `+`, ISO 3166-1 alpha-2 in capitals. Default: none, such numbers are invalid. */
  defaultCountry?: string;
  /**
   * Salts the keys of the stored codes, each 32 bytes or more. The first is used, all are tried, so that it can be
   * rotated. Default: none.
   */
  secret?: string | readonly string[];
  /**
   * How long a backend may take: milliseconds for one call, 1 to 600 000. Default 10 000, and 5 000 for each backend
   * inside a composite one, which has a `deadlineMs` of its own.
   */
  delivery?: { timeoutMs?: number };
  /** How long the database may take: milliseconds for one operation. Default 5 000. */
  storage?: { timeoutMs?: number };
  /** How often old rows are deleted, in minutes, 1 to 1440; `false` for never. Default 60. */
  cleanup?: { everyMinutes?: number } | false;
  /**
   * How many messages are sent: to a number, for an address, to a prefix and a country, in all. Given limits replace
   * the defaults one by one.
   */
  limits?: LimitOptions;
  /** The application's own word on each send, such as a CAPTCHA. Default: none. */
  authorizeSend?: AuthorizeSend | undefined;
  /** Which numbers may be sent a code. Default: mobile numbers, and those that may be mobile, of every country. */
  numbers?: NumberOptions;
  /**
   * Numbers with a fixed code that are sent nothing, for the reviewers of app stores and for tests from end to end. Who
   * knows the code can use the account behind one. Default: none.
   */
  testNumbers?: TestNumberOptions | undefined;
  /**
   * What a code may be for, beside `''`: names of small letters, digits and `-`, up to 64. A code that was asked for
   * one purpose, and the proof that it gives, serve no other. Default `[]`.
   */
  purposes?: readonly string[];
  /** How events are told to the application's listeners. */
  events?: EventOptions;
}

/**
 * What shapes the module itself, so that no factory can give it.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleExtras {
  /** Whether every module can inject the service without importing this one. Default `false`. */
  isGlobal?: boolean;
  /** Whether the three routes are there. Default `true`. */
  controllers?: boolean;
  /** First part of the routes' path. Default `'phone'`. */
  path?: string;
  /** Name of the TypeORM data source. Default: the unnamed one. */
  dataSource?: string;
  /** Modules whose providers the backend, or the options factory, injects. Default `[]`. */
  imports?: ModuleMetadata['imports'];
}

/**
 * What is given statically: it shapes the module, so it is known before any factory runs.
 *
 * @internal
 */
export interface StaticOptions extends PhoneVerifyModuleExtras {
  readonly backend?: PhoneVerifyModuleOptions['backend'];
}

/**
 * Settings of {@link PhoneVerifyModule.forRoot}.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleOptions extends Omit<PhoneVerifyOptions, 'backend'>, PhoneVerifyModuleExtras {
  /** Who sends the messages: a class that extends {@link BaseBackend}, a ready instance, or a provider form. */
  backend: BackendClass | BaseBackend<unknown> | BackendProvider;
}

/**
 * Gives the module its settings.
 *
 * @publicApi
 */
export interface PhoneVerifyOptionsFactory {
  /** The settings, or a promise of them. */
  createPhoneVerifyOptions(): PhoneVerifyOptions | Promise<PhoneVerifyOptions>;
}

/**
 * Settings of {@link PhoneVerifyModule.forRootAsync}: one of `useFactory`, `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleAsyncOptions extends PhoneVerifyModuleExtras {
  /** Who sends the messages, when the factory does not say it. */
  backend?: BackendClass | BaseBackend<unknown> | BackendProvider;
  /** Gives the settings. */
  // A factory's parameters are whatever `inject` names; `never[]` is the one list that every function accepts.
  useFactory?: (...dependencies: never[]) => PhoneVerifyOptions | Promise<PhoneVerifyOptions>;
  /** What `useFactory` is given. */
  inject?: FactoryProvider['inject'];
  /** A class that gives the settings; Nest builds it. */
  useClass?: Type<PhoneVerifyOptionsFactory>;
  /** A provider, from `imports` or a global module, that gives the settings. */
  useExisting?: InjectionToken<PhoneVerifyOptionsFactory>;
}

/**
 * The options as the library uses them: checked, with their defaults. `options`, `secret` and `testNumbers` are not
 * enumerable, so that a log of them shows none of these.
 *
 * @publicApi
 */
export interface ResolvedPhoneVerifyOptions {
  /** The backend's own settings. */
  readonly options: object;
  /** Digits in a code. */
  readonly tokenLength: number;
  /** The text with its placeholders; none when the library's own are used. */
  readonly message: string | undefined;
  /** The texts by language tag, in its canonical spelling. */
  readonly messages: Readonly<Record<string, string>>;
  /** Further names that the texts may use. */
  readonly contextKeys: readonly string[];
  /** What phones need to fill a code in. */
  readonly autofill: Autofill;
  /** The application's name. */
  readonly appName: string;
  /** Life of a code in seconds. */
  readonly expiration: number;
  /** Whether a verified code is refused when it comes again. */
  readonly verifyOnlyOnce: boolean;
  /** Wrong codes after which a session locks. */
  readonly maxFailedAttempts: number;
  /** Age in days at which rows are deleted. */
  readonly retentionDays: number;
  /** Country of numbers written without `+`. */
  readonly defaultCountry: CountryCode | undefined;
  /** Salts for the keys of the stored codes, the first for new ones; empty when none is configured. */
  readonly secret: readonly string[];
  /** Milliseconds that one call of the backend may take. */
  readonly delivery: {
    readonly timeoutMs: number;
    /** The same for a backend inside a composite one: what was configured, else 5 000. */
    readonly insideTimeoutMs: number;
  };
  /** Milliseconds that one operation on the database may take. */
  readonly storage: { readonly timeoutMs: number };
  /** Minutes between two deletions of old rows; `false` for never. */
  readonly cleanup: { readonly everyMinutes: number } | false;
  /** How many messages are sent. */
  readonly limits: ResolvedLimits;
  /** The application's own word on each send; none when not configured. */
  readonly authorizeSend: AuthorizeSend | undefined;
  /** Which numbers may be sent a code. */
  readonly numbers: NumberPolicy;
  /** Numbers with a fixed code; none when not configured. */
  readonly testNumbers: TestNumbers | undefined;
  /** What a code may be for, beside `''`. */
  readonly purposes: readonly string[];
  /** How events are told. */
  readonly events: Readonly<Required<EventOptions>>;
}
