import { type DynamicModule, Module, type OnModuleInit, Scope } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { checkBackendClass } from './backends/backend-factory.js';
import { isBackendClass } from './backends/backend-form.js';
import { Delivery } from './backends/delivery.js';
import { checkGuardedRoutes } from './http/guarded-routes.js';
import { PhoneVerifyConfigurationError } from './phone-verify.errors.js';
import { defineModule, givenOptionsProviders } from './phone-verify.module-definition.js';
import type {
  PhoneVerifyModuleAsyncOptions,
  PhoneVerifyModuleOptions,
  ResolvedPhoneVerifyOptions,
} from './phone-verify.options.js';
import { requireOwnOptions } from './phone-verify.options-check.js';
import { PHONE_VERIFY_BACKEND, PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_OPTIONS } from './phone-verify.tokens.js';

/**
 * Verifies that a person holds a phone number: sends a one-time code by SMS and checks it. Import it once in an
 * application, with {@link forRoot} or {@link forRootAsync}.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
 *     PhoneVerifyModule.forRoot({
 *       backend: TwilioBackend,
 *       options: { sid: 'AC…', secret: '…', from: '+15551234567' },
 *       appName: 'Acme',
 *     }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({})
export class PhoneVerifyModule implements OnModuleInit {
  /**
   * Configures the module with static options.
   *
   * @param options - The options. `backend` and `appName` are required.
   * @returns The module, for `imports`.
   * @throws {@link PhoneVerifyConfigurationError} immediately, without options; while the application starts, with all
   *   validation errors of the options.
   * @example
   * ```ts
   * PhoneVerifyModule.forRoot({ backend: ConsoleBackend, appName: 'Acme', isGlobal: true });
   * ```
   */
  static forRoot(options: PhoneVerifyModuleOptions): DynamicModule {
    requireOptions('forRoot', options, 'with `backend` and `appName`');
    requireOwnOptions(options);
    const { isGlobal, controllers, path, dataSource, imports, decorators, backend, ...given } = options;
    const statics = withoutUndefined({ isGlobal, controllers, path, dataSource, imports, decorators, backend });
    return defineModule(PhoneVerifyModule, statics, [{ provide: PHONE_VERIFY_GIVEN_OPTIONS, useValue: given }]);
  }

  /**
   * Configures the module with options from a factory, which can inject the application's configuration.
   *
   * @param options - One of `useFactory`, `useClass` and `useExisting`, and the static options.
   * @returns The module, for `imports`.
   * @throws {@link PhoneVerifyConfigurationError} immediately, if not exactly one of the three is given; while the
   *   application starts, with all validation errors of the options.
   * @example
   * ```ts
   * PhoneVerifyModule.forRootAsync({
   *   imports: [ConfigModule],
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({
   *     backend: TwilioBackend,
   *     options: config.getOrThrow('twilio'),
   *     appName: 'Acme',
   *   }),
   * });
   * ```
   */
  static forRootAsync(options: PhoneVerifyModuleAsyncOptions): DynamicModule {
    requireOptions('forRootAsync', options, 'with one of useFactory, useClass and useExisting');
    const { useFactory: _factory, inject: _inject, useClass: _class, useExisting: _existing, ...statics } = options;
    return defineModule(PhoneVerifyModule, statics, givenOptionsProviders(options));
  }

  /** @internal */
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
  ) {
    const [own, another] = [...modules.values()].filter(({ metatype }) => metatype === PhoneVerifyModule);
    // Inject nothing here that could be request-scoped: Nest would not run the lifecycle hooks of this module then.
    if (!own?.providers.has(PHONE_VERIFY_GIVEN_OPTIONS) || another !== undefined) {
      throw new PhoneVerifyConfigurationError(
        'PhoneVerifyModule: import it once in an application, with forRoot or forRootAsync; ' +
          'other modules get the service with `isGlobal: true`, or by importing the module that re-exports it',
      );
    }
    // Nest itself instantiates a class that a test overrides the backend with.
    const backend = own.providers.get(PHONE_VERIFY_BACKEND);
    if (backend && !backend.isNotMetatype && isBackendClass(backend.metatype)) {
      checkBackendClass(backend.metatype, moduleRef);
    }
  }

  /** Validates the backend, which may be a test's override, and the application's protected routes. */
  onModuleInit(): void {
    if (this.moduleRef.introspect(PHONE_VERIFY_GIVEN_OPTIONS).scope === Scope.REQUEST) {
      throw new PhoneVerifyConfigurationError(
        'forRootAsync: the options are request-scoped, or inject something that is; they are created once, so inject only singletons',
      );
    }
    if (this.moduleRef.introspect(PHONE_VERIFY_BACKEND).scope === Scope.REQUEST) {
      throw new PhoneVerifyConfigurationError(
        'backend: it is request-scoped, or injects something that is; a backend is created once, so inject only singletons',
      );
    }
    const backend: unknown = this.moduleRef.get(PHONE_VERIFY_BACKEND);
    if (
      typeof backend !== 'object' ||
      backend === null ||
      !('sendSms' in backend) ||
      typeof backend.sendSms !== 'function'
    ) {
      throw new PhoneVerifyConfigurationError('backend: it has no sendSms; extend BaseBackend');
    }
    checkGuardedRoutes(this.modules, this.moduleRef.get<ResolvedPhoneVerifyOptions>(PHONE_VERIFY_OPTIONS));
    this.moduleRef.get(Delivery).start();
  }
}

/** @throws {@link PhoneVerifyConfigurationError} for anything but an object, such as a call without an argument. */
function requireOptions(method: string, given: unknown, content: string): void {
  if (typeof given === 'object' && given !== null) return;
  throw new PhoneVerifyConfigurationError(`${method}: give it an object ${content}`);
}

/** Options that are `undefined` count as not given. */
function withoutUndefined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> };
function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
