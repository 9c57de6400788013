/**
 * Injects the backend, typed {@link BaseBackend}. Override it in tests.
 *
 * @example
 * ```ts
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(PHONE_VERIFY_BACKEND)
 *   .useClass(SandboxBackend)
 *   .compile();
 * ```
 *
 * @publicApi
 */
export const PHONE_VERIFY_BACKEND = Symbol.for('nestjs-phone-verify.backend');

/**
 * Injects the backend's own settings: the option `options` of the module.
 *
 * @publicApi
 */
export const PHONE_VERIFY_BACKEND_OPTIONS = Symbol.for('nestjs-phone-verify.backend-options');

/**
 * Injects the module's options, validated and with defaults, typed {@link ResolvedPhoneVerifyOptions}.
 *
 * @publicApi
 */
export const PHONE_VERIFY_OPTIONS = Symbol.for('nestjs-phone-verify.options');

/**
 * Injects the option `limits` as it was given, before its validation; `undefined` means the defaults. Override it in
 * tests, with `false` or any other value of the option.
 *
 * @example
 * ```ts
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(PHONE_VERIFY_LIMITS)
 *   .useValue(false)
 *   .compile();
 * ```
 *
 * @publicApi
 */
export const PHONE_VERIFY_LIMITS = Symbol.for('nestjs-phone-verify.limits');

/** Injects the {@link Clock}. */
export const PHONE_VERIFY_CLOCK = Symbol.for('nestjs-phone-verify.clock');

/** Injects the options as `forRoot` or the options factory gave them, not yet validated. */
export const PHONE_VERIFY_GIVEN_OPTIONS = Symbol.for('nestjs-phone-verify.given-options');

/** Injects the {@link LimitStore}. */
export const PHONE_VERIFY_LIMIT_STORE = Symbol.for('nestjs-phone-verify.limit-store');

/** Injects the {@link ConversionStore}. */
export const PHONE_VERIFY_CONVERSION_STORE = Symbol.for('nestjs-phone-verify.conversion-store');

/** Injects the {@link Schedule}. */
export const PHONE_VERIFY_SCHEDULE = Symbol.for('nestjs-phone-verify.schedule');
