import type { FactoryProvider, InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import type { CountryCode } from 'libphonenumber-js/max';
import type { BackendClass, BackendProvider } from './backends/backend.options.js';
import type { BaseBackend } from './backends/base.backend.js';
import type { IdentifyClient } from './http/identify-client.js';
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
 * The options that a factory can give too.
 *
 * @publicApi
 */
export interface PhoneVerifyOptions {
  /** Sends the messages: a class that extends {@link BaseBackend}, or an instance. Required, here or statically. */
  backend?: BackendClass | BaseBackend<unknown>;
  /** The backend's own settings, injected under {@link PHONE_VERIFY_BACKEND_OPTIONS}. Default `{}`. */
  options?: object;
  /** Digits in a code, `minTokenLength` to 32. Default 6: the minimum of NIST SP 800-63B 5.1.3.2. */
  tokenLength?: number;
  /** A smaller `tokenLength` is refused, 4 to 32. Default 6. */
  minTokenLength?: number;
  /**
   * The template for languages that `messages` lacks, with `{app}`, `{security_code}` and the names in `contextKeys`.
   * Default: a shipped text in the person's language, or in English.
   */
  message?: string | undefined;
  /** Templates like `message` by language tag (BCP 47), matched to the person's languages (RFC 4647). Default: none. */
  messages?: Readonly<Record<string, string>> | undefined;
  /** Further names that templates may use. Callers of the service pass the values as `context`. Default `[]`. */
  contextKeys?: readonly string[];
  /** Lines at the end of every message from which phones fill in the code. Default: none. */
  autofill?: AutofillOptions;
  /** The application's name, for `{app}`. Required. */
  appName: string;
  /** Lifetime of a code in seconds, 60 to 86 400. Default 600: the maximum of NIST SP 800-63B 5.1.3.2. */
  expiration?: number;
  /** Whether a code can be used only once. Default `true` (OWASP ASVS 5.0, 6.5.1). */
  verifyOnlyOnce?: boolean;
  /** Wrong codes before a session locks, 1 to 100. Default 5. */
  maxFailedAttempts?: number;
  /** Age in days at which rows are deleted, 1 to 36 500. Default 30. */
  retentionDays?: number;
  /**
   * Country of numbers written without `+`, ISO 3166-1 alpha-2 in capitals. Default: none; such numbers are invalid.
   */
  defaultCountry?: string;
  /**
   * Salts the keys of the stored codes; each 32 bytes or more. The first is used and all are tried, so that it can be
   * rotated. Default: none.
   */
  secret?: string | readonly string[];
  /**
   * Maximum duration of one backend call in milliseconds, 1 to 600 000. Default 10 000, and 5 000 for each backend
   * inside a composite one, which has its own `deadlineMs`.
   */
  delivery?: { timeoutMs?: number };
  /**
   * `timeoutMs` is the maximum time that one request waits for the database and the limit store, in milliseconds, 1 to
   * 600 000. Default 5 000. `preparedStatements` has PostgreSQL or MariaDB parse and plan each statement once for a
   * connection. A pooler in transaction mode must support that; TypeORM's query log does not show these statements.
   * Default `false`.
   */
  storage?: { timeoutMs?: number; preparedStatements?: boolean };
  /** Minutes between two deletions of old rows, 1 to 1440; `false` for none. Default 60. */
  cleanup?: { everyMinutes?: number } | false;
  /**
   * Rate limits on messages: per number, client address, prefix, country and subject, and in total. Given keys replace
   * their defaults one by one; `false` turns every limit off, also those of test numbers.
   */
  limits?: LimitOptions | false;
  /**
   * Names the client that limits count, over HTTP: by a CDN's header, a signed-in user, a device. It must not return what
   * any client can send. Default: none; the adapter's address counts, and there is no subject.
   *
   * @example
   * ```ts
   * identifyClient: (request: RequestWithUser) => ({ subject: request.user.id }),
   * ```
   */
  identifyClient?: IdentifyClient | undefined;
  /** The application's own decision on each send, such as a CAPTCHA. Default: none. */
  authorizeSend?: AuthorizeSend | undefined;
  /** Which numbers codes may be sent to. Default: numbers of every country that are, or may be, mobile. */
  numbers?: NumberOptions;
  /**
   * Numbers with a fixed code to which nothing is sent, for app-store reviewers and end-to-end tests. Anyone who knows
   * the code can use the account behind one. Default: none.
   */
  testNumbers?: TestNumberOptions | undefined;
  /**
   * The purposes of codes beside `''`: names of lowercase letters, digits and `-`, up to 64 characters. A code that was
   * requested for one purpose, and its verification token, are not valid for another. Default `[]`.
   */
  purposes?: readonly string[];
  /** What the events for the application's listeners contain. */
  events?: EventOptions;
}

/**
 * The static options: they shape the module itself, so a factory cannot give them.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleExtras {
  /** Whether every module can inject the service without an import. Default `false`. */
  isGlobal?: boolean;
  /** Whether the module adds the three routes. Default `true`. */
  controllers?: boolean;
  /** Path of the routes, after the application's prefix. Default `'phone'`. */
  path?: string;
  /** Name of the TypeORM data source. Default: the default data source. */
  dataSource?: string;
  /** Modules whose providers the backend, the options factory or a class in `decorators` injects. Default `[]`. */
  imports?: ModuleMetadata['imports'];
  /**
   * Class decorators for the controller of the routes, applied in this order: the application's own markers, by which
   * its global guards and interceptors recognise these routes, or `UseGuards`, `UseInterceptors` and `UseFilters`. What
   * such a class injects must be global or in `imports`. Default `[]`.
   *
   * @example
   * ```ts
   * PhoneVerifyModule.forRoot({ backend, appName: 'Acme', decorators: [Public(), SkipThrottle()] });
   * ```
   */
  decorators?: readonly ClassDecorator[];
}

/**
 * All static options, known before any factory runs.
 *
 * @internal
 */
export interface StaticOptions extends PhoneVerifyModuleExtras {
  readonly backend?: PhoneVerifyModuleOptions['backend'];
}

/**
 * Options of {@link PhoneVerifyModule.forRoot}.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleOptions extends Omit<PhoneVerifyOptions, 'backend'>, PhoneVerifyModuleExtras {
  /** Sends the messages: a class that extends {@link BaseBackend}, an instance, or a form of a Nest provider. */
  backend: BackendClass | BaseBackend<unknown> | BackendProvider;
}

/**
 * Creates the module's options, for `useClass` and `useExisting` of {@link PhoneVerifyModule.forRootAsync}.
 *
 * @publicApi
 */
export interface PhoneVerifyOptionsFactory {
  /**
   * Creates the options. Called once, while the application starts.
   *
   * @returns The options, or a promise of them.
   */
  createPhoneVerifyOptions(): PhoneVerifyOptions | Promise<PhoneVerifyOptions>;
}

/**
 * Options of {@link PhoneVerifyModule.forRootAsync}: exactly one of `useFactory`, `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface PhoneVerifyModuleAsyncOptions extends PhoneVerifyModuleExtras {
  /** Sends the messages, unless the factory gives it. */
  backend?: BackendClass | BaseBackend<unknown> | BackendProvider;
  /** Returns the options. */
  // A factory's parameters are whatever `inject` names; `never[]` is the one list that every function accepts.
  useFactory?: (...dependencies: never[]) => PhoneVerifyOptions | Promise<PhoneVerifyOptions>;
  /** The parameters of `useFactory`. */
  inject?: FactoryProvider['inject'];
  /** A class that creates the options. Nest instantiates it. */
  useClass?: Type<PhoneVerifyOptionsFactory>;
  /** A provider that creates the options, from `imports` or a global module. */
  useExisting?: InjectionToken<PhoneVerifyOptionsFactory>;
}

/**
 * The options as the library uses them: validated, with defaults. `options`, `secret` and `testNumbers` are not
 * enumerable, so that a log of the options does not contain them.
 *
 * @publicApi
 */
export interface ResolvedPhoneVerifyOptions {
  /** The backend's own settings. */
  readonly options: object;
  /** Digits in a code. */
  readonly tokenLength: number;
  /** The template; `undefined` where the shipped texts are used. */
  readonly message: string | undefined;
  /** The templates by language tag in canonical form. */
  readonly messages: Readonly<Record<string, string>>;
  /** Further names that the templates may use. */
  readonly contextKeys: readonly string[];
  /** What phones need to fill in a code. */
  readonly autofill: Autofill;
  /** The application's name. */
  readonly appName: string;
  /** Lifetime of a code in seconds. */
  readonly expiration: number;
  /** Whether a code can be used only once. */
  readonly verifyOnlyOnce: boolean;
  /** Wrong codes before a session locks. */
  readonly maxFailedAttempts: number;
  /** Age in days at which rows are deleted. */
  readonly retentionDays: number;
  /** Country of numbers written without `+`. */
  readonly defaultCountry: CountryCode | undefined;
  /** Salts for the keys of the stored codes, the first for new ones; empty if none is configured. */
  readonly secret: readonly string[];
  /** Maximum duration of one backend call in milliseconds. */
  readonly delivery: {
    readonly timeoutMs: number;
    /** The same for a backend inside a composite one: as configured, otherwise 5 000. */
    readonly insideTimeoutMs: number;
  };
  readonly storage: {
    /** Maximum time that one request waits for the storage, in milliseconds. */
    readonly timeoutMs: number;
    /** Whether the database prepares each statement once for a connection. */
    readonly preparedStatements: boolean;
  };
  /** Minutes between two deletions of old rows; `false` for none. */
  readonly cleanup: { readonly everyMinutes: number } | false;
  /** The rate limits. */
  readonly limits: ResolvedLimits;
  /** Names the client that limits count; `undefined` if not configured. */
  readonly identifyClient: IdentifyClient | undefined;
  /** The application's own decision on each send; `undefined` if not configured. */
  readonly authorizeSend: AuthorizeSend | undefined;
  /** Which numbers codes may be sent to. */
  readonly numbers: NumberPolicy;
  /** Numbers with a fixed code; `undefined` if not configured. */
  readonly testNumbers: TestNumbers | undefined;
  /** The purposes of codes beside `''`. */
  readonly purposes: readonly string[];
  /** What events contain. */
  readonly events: Readonly<Required<EventOptions>>;
}
