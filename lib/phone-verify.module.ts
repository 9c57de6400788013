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
import { PHONE_VERIFY_BACKEND, PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_OPTIONS } from './phone-verify.tokens.js';

/**
 * Proves that a person holds a phone number: sends a one-time code by SMS and checks it. Imported once, with
 * {@link forRoot} or {@link forRootAsync}.
 *
 * @publicApi
 */
@Module({})
export class PhoneVerifyModule implements OnModuleInit {
  /**
   * The module with settings that are known now.
   *
   * @throws {@link PhoneVerifyConfigurationError} while the application starts, with every fault of the settings.
   */
  static forRoot(options: PhoneVerifyModuleOptions): DynamicModule {
    const { isGlobal, controllers, path, dataSource, imports, backend, ...given } = options;
    const statics = withoutUndefined({ isGlobal, controllers, path, dataSource, imports, backend });
    return defineModule(PhoneVerifyModule, statics, [{ provide: PHONE_VERIFY_GIVEN_OPTIONS, useValue: given }]);
  }

  /**
   * The module with settings that a factory gives, such as one that injects the application's configuration.
   *
   * @throws {@link PhoneVerifyConfigurationError} while the application starts, with every fault of the settings.
   */
  static forRootAsync(options: PhoneVerifyModuleAsyncOptions): DynamicModule {
    const { useFactory: _factory, inject: _inject, useClass: _class, useExisting: _existing, ...statics } = options;
    return defineModule(PhoneVerifyModule, statics, givenOptionsProviders(options));
  }

  /** @internal */
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
  ) {
    const [own, another] = [...modules.values()].filter(({ metatype }) => metatype === PhoneVerifyModule);
    // Nothing that could be request-scoped is injected here: the checks of a module that is are never made.
    if (!own?.providers.has(PHONE_VERIFY_GIVEN_OPTIONS) || another !== undefined) {
      throw new PhoneVerifyConfigurationError(
        'PhoneVerifyModule: import it once in an application, with forRoot or forRootAsync; ' +
          'other modules get the service with `isGlobal: true`, or by importing the module that re-exports it',
      );
    }
    // A class that a test put in the backend's place is built by Nest without any factory of ours.
    const backend = own.providers.get(PHONE_VERIFY_BACKEND);
    if (backend && !backend.isNotMetatype && isBackendClass(backend.metatype)) {
      checkBackendClass(backend.metatype, moduleRef);
    }
  }

  /** Checks the backend that is in place, which may be one that a test put there, and the application's routes. */
  onModuleInit(): void {
    if (this.moduleRef.introspect(PHONE_VERIFY_GIVEN_OPTIONS).scope === Scope.REQUEST) {
      throw new PhoneVerifyConfigurationError(
        'forRootAsync: the options are request-scoped, or inject something that is; they are made once, so inject only singletons',
      );
    }
    if (this.moduleRef.introspect(PHONE_VERIFY_BACKEND).scope === Scope.REQUEST) {
      throw new PhoneVerifyConfigurationError(
        'backend: it is request-scoped, or injects something that is; a backend is built once, so inject only singletons',
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

/** Options that are given as `undefined` count as not given. */
function withoutUndefined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> };
function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
