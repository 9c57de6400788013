/**
 * Injects the one backend, typed {@link BaseBackend}. Override it in tests.
 *
 * @publicApi
 */
export const PHONE_VERIFY_BACKEND = Symbol.for('nestjs-phone-verify.backend');

/**
 * Injects the backend's own settings: what the module was given as `options`.
 *
 * @publicApi
 */
export const PHONE_VERIFY_BACKEND_OPTIONS = Symbol.for('nestjs-phone-verify.backend-options');

/**
 * Injects the module's options, checked and with their defaults, typed {@link ResolvedPhoneVerifyOptions}.
 *
 * @publicApi
 */
export const PHONE_VERIFY_OPTIONS = Symbol.for('nestjs-phone-verify.options');

/** Injects the {@link Clock}. */
export const PHONE_VERIFY_CLOCK = Symbol.for('nestjs-phone-verify.clock');

/** Injects what `forRoot` or the options factory gave, unchecked. */
export const PHONE_VERIFY_GIVEN_OPTIONS = Symbol.for('nestjs-phone-verify.given-options');

/** Injects the {@link LimitStore}. */
export const PHONE_VERIFY_LIMIT_STORE = Symbol.for('nestjs-phone-verify.limit-store');

/** Injects the {@link ConversionStore}. */
export const PHONE_VERIFY_CONVERSION_STORE = Symbol.for('nestjs-phone-verify.conversion-store');

/** Injects the {@link Schedule}. */
export const PHONE_VERIFY_SCHEDULE = Symbol.for('nestjs-phone-verify.schedule');
