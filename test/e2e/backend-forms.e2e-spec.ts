import { type DynamicModule, forwardRef, Global, Inject, Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BaseBackend,
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  type PhoneVerifyModuleAsyncOptions,
  SandboxBackend,
} from '../../lib/index.js';
import { type ApplicationOptions, startApplication, type TestApplication } from '../support/application.js';
import { NUMBER } from '../support/requests.js';

interface Settings {
  readonly from?: string;
}

const SETTINGS: Settings = { from: '+15551234567' };

@Injectable()
class Gateway {
  readonly sent: string[] = [];
}

@Module({ providers: [Gateway], exports: [Gateway] })
class GatewayModule {}

@Global()
@Module({ providers: [Gateway], exports: [Gateway] })
class GlobalGatewayModule {}

class PlainBackend extends BaseBackend<Settings> {
  readonly sent: string[] = [];

  async sendSms(number: string): Promise<void> {
    this.sent.push(`${this.options.from} to ${number}`);
  }
}

class OwnConstructorBackend extends PlainBackend {
  constructor(options: Settings) {
    super(options);
  }
}

@Injectable()
class DecoratedBackend extends PlainBackend {
  constructor(options: Settings) {
    super(options);
  }
}

class ParameterPropertyBackend extends PlainBackend {
  constructor(protected override readonly options: Settings) {
    super(options);
  }
}

@Injectable()
class OptionsFirstBackend extends PlainBackend {
  constructor(
    options: Settings,
    readonly gateway: Gateway,
  ) {
    super(options);
  }
}

@Injectable()
class EveryParameterBackend extends PlainBackend {
  constructor(
    @Inject(Gateway) readonly gateway: Gateway,
    @Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: Settings,
  ) {
    super(options);
  }
}

@Injectable()
class GatewayFirstBackend extends PlainBackend {
  constructor(
    readonly gateway: Gateway,
    @Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: Settings,
  ) {
    super(options);
  }
}

class Line {
  readonly sent: string[] = [];
}

@Injectable()
class LineFirstBackend extends PlainBackend {
  constructor(
    readonly line: Line,
    @Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: Settings,
  ) {
    super(options);
  }
}

@Module({ providers: [{ provide: Line, useValue: new Line() }], exports: [Line] })
class LineModule {}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedBackend extends PlainBackend {}

@Injectable()
class RequestInjectingBackend extends PlainBackend {
  constructor(
    options: Settings,
    @Inject(REQUEST) readonly request: unknown,
  ) {
    super(options);
  }
}

class RequestPropertyBackend extends PlainBackend {
  @Inject(REQUEST) readonly request: unknown;
}

@Injectable({ scope: Scope.REQUEST })
class Tenant {}

@Injectable()
class TenantGateway {
  @Inject(forwardRef(() => Lines)) readonly lines!: object;
  @Inject(Tenant) readonly tenant!: Tenant;
}

@Injectable()
class Lines {
  @Inject(forwardRef(() => TenantGateway)) readonly gateway!: TenantGateway;
}

class TenantGatewayBackend extends PlainBackend {
  @Inject(forwardRef(() => TenantGateway)) readonly gateway!: TenantGateway;
}

class TenantNameBackend extends PlainBackend {
  @Inject('tenant name') readonly tenantName!: string;
}

@Module({
  providers: [
    Tenant,
    TenantGateway,
    Lines,
    { provide: 'tenant', useFactory: () => new Tenant(), scope: Scope.REQUEST },
    { provide: 'tenant name', useFactory: String, inject: ['tenant'] },
  ],
  exports: [Tenant, TenantGateway, 'tenant name'],
})
class TenantModule {}

const instance = new PlainBackend(SETTINGS);

let test: TestApplication | undefined;

afterEach(async () => {
  await test?.close();
  test = undefined;
});

async function start(options: ApplicationOptions): Promise<BaseBackend<unknown>> {
  test = await startApplication(options);
  await test.service.sendSecurityCode(NUMBER);
  return test.app.get(PHONE_VERIFY_BACKEND);
}

function expectSent(backend: BaseBackend<unknown>): void {
  expect(backend).toMatchObject({ sent: [`+15551234567 to ${NUMBER}`] });
  instance.sent.length = 0;
}

describe('forRoot accepts a backend', () => {
  it.each([
    ['as a class', PlainBackend],
    ['as a class with its own constructor', OwnConstructorBackend],
    ['as a decorated class', DecoratedBackend],
    ['as a class with a parameter property', ParameterPropertyBackend],
    ['as a class that injects after its options', OptionsFirstBackend],
    ['as a class that injects with @Inject everywhere', EveryParameterBackend],
    ['as an instance', instance],
    ['as { useClass }', { useClass: PlainBackend }],
    ['as { useValue }', { useValue: instance }],
    [
      'as { useFactory, inject }',
      { useFactory: (settings: Settings) => new PlainBackend(settings), inject: [PHONE_VERIFY_BACKEND_OPTIONS] },
    ],
    ['as an asynchronous factory', { useFactory: async () => new PlainBackend(SETTINGS) }],
  ])('%s', async (_name, backend) => {
    expectSent(await start({ phoneVerify: { backend, options: SETTINGS, imports: [GatewayModule] } }));
  });

  it('as { useExisting }', async () => {
    const provider = { provide: 'SMS', useValue: instance };
    class SmsModule {}
    const sms: DynamicModule = { module: SmsModule, providers: [provider], exports: [provider] };

    expectSent(await start({ phoneVerify: { backend: { useExisting: 'SMS' }, imports: [sms] } }));
  });

  it('as a class that injects from a global module', async () => {
    const backend = await start({
      phoneVerify: { backend: EveryParameterBackend, options: SETTINGS },
      imports: [GlobalGatewayModule],
    });

    expect(backend).toMatchObject({ gateway: expect.any(Gateway) });
  });
});

describe('forRootAsync accepts a backend', () => {
  const settings = { appName: 'Acme', options: SETTINGS };

  function async(options: PhoneVerifyModuleAsyncOptions): ApplicationOptions {
    return { module: PhoneVerifyModule.forRootAsync(options) };
  }

  it.each([
    ['as a class from the factory', PlainBackend],
    ['as an instance from the factory', instance],
  ])('%s', async (_name, backend) => {
    expectSent(await start(async({ useFactory: async () => ({ ...settings, backend }) })));
  });

  it.each([
    ['as a class, statically', PlainBackend],
    ['as an instance, statically', instance],
    ['as a provider form, statically', { useFactory: () => new PlainBackend(SETTINGS) }],
  ])('%s', async (_name, backend) => {
    expectSent(await start(async({ useFactory: () => settings, backend })));
  });

  it('with its options from a factory that injects', async () => {
    const names = { provide: 'NAME', useValue: 'Injected' };
    class NamesModule {}
    const imports = [{ module: NamesModule, providers: [names], exports: [names] }];
    await start(
      async({ imports, inject: ['NAME'], useFactory: (appName: string) => ({ appName, backend: SandboxBackend }) }),
    );

    expect(test?.sandbox.outbox[0]?.message).toContain('Injected');
  });

  it.each(['useClass', 'useExisting'] as const)('with its options from an options factory in %s', async (form) => {
    @Injectable()
    class OptionsFactory {
      createPhoneVerifyOptions() {
        return { ...settings, backend: PlainBackend };
      }
    }
    class FactoryModule {}
    const imports = [{ module: FactoryModule, providers: [OptionsFactory], exports: [OptionsFactory] }];

    expectSent(await start(async({ imports, [form]: OptionsFactory })));
  });

  it.each([
    [
      'given both statically and by the factory',
      { useFactory: () => ({ ...settings, backend: PlainBackend }), backend: PlainBackend },
      'given both statically and by the factory',
    ],
    ['not given', { useFactory: () => settings }, 'backend: is required'],
    [
      'a provider form from the factory',
      { useFactory: () => ({ ...settings, backend: { useClass: PlainBackend } as never }) },
      'statically',
    ],
  ])('only once: %s is a startup error', async (_name, options, text) => {
    await expect(start(async(options))).rejects.toThrow(text);
  });

  it('together with exactly one of useFactory, useClass and useExisting', () => {
    expect(() => PhoneVerifyModule.forRootAsync({})).toThrow(PhoneVerifyConfigurationError);
  });

  it('and no unknown options', async () => {
    const options = { useFactory: () => ({ ...settings, backend: PlainBackend }), tokenLength: 8 };

    await expect(start(async(options))).rejects.toThrow(
      'tokenLength: is not a static option; return `tokenLength` from the factory',
    );
  });
});

describe('an override replaces a backend, which is neither created nor validated,', () => {
  const built = vi.fn();
  class ProviderBackend extends PlainBackend {
    constructor(options: Settings) {
      super(options);
      built();
      throw new PhoneVerifyConfigurationError('options.key: is required');
    }
  }

  it.each([PlainBackend, OwnConstructorBackend, DecoratedBackend, EveryParameterBackend])(
    'if it is the class %o',
    async (useClass) => {
      const backend = await start({
        phoneVerify: { backend: ProviderBackend, options: SETTINGS, imports: [GatewayModule] },
        override: (builder) => builder.overrideProvider(PHONE_VERIFY_BACKEND).useClass(useClass),
      });

      expectSent(backend);
      expect(built).not.toHaveBeenCalled();
    },
  );

  it('if it is a plain object that can only send', async () => {
    const sendSms = vi.fn(async () => undefined);
    await start({
      phoneVerify: { backend: ProviderBackend },
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_BACKEND).useValue({ sendSms }),
    });

    expect(sendSms).toHaveBeenCalledWith(NUMBER, expect.any(String), expect.anything());
    expect(built).not.toHaveBeenCalled();
  });

  it('if it is a factory and the options factory gives the backend', async () => {
    const useFactory = () => ({ appName: 'Acme', backend: ProviderBackend });
    await start({
      module: PhoneVerifyModule.forRootAsync({ useFactory }),
      override: (builder) =>
        builder.overrideProvider(PHONE_VERIFY_BACKEND).useFactory({ factory: () => new PlainBackend(SETTINGS) }),
    });

    expect(built).not.toHaveBeenCalled();
  });
});

describe('a startup error reports', () => {
  it.each([
    ['a class that would get the options instead of an injected value', GatewayFirstBackend],
    ['the same class as { useClass }', { useClass: GatewayFirstBackend }],
  ])('%s', async (_name, backend) => {
    const starting = start({ phoneVerify: { backend, options: SETTINGS, imports: [GatewayModule] } });

    await expect(starting).rejects.toThrow(/GatewayFirstBackend is Gateway.*@Inject\(PHONE_VERIFY_BACKEND_OPTIONS\)/s);
  });

  it('a class that would get the options instead of an injected value without a provider', async () => {
    const starting = start({ phoneVerify: { backend: GatewayFirstBackend, options: SETTINGS } });

    await expect(starting).rejects.toThrow('GatewayFirstBackend is Gateway');
  });

  it('a class that would get the options instead of a provider of the application', async () => {
    const starting = start({ phoneVerify: { backend: LineFirstBackend, options: SETTINGS, imports: [LineModule] } });

    await expect(starting).rejects.toThrow('LineFirstBackend is Line');
  });

  it('an overriding class that would get the options instead of an injected value', async () => {
    const starting = start({
      phoneVerify: { backend: PlainBackend, imports: [GatewayModule] },
      override: (builder) => builder.overrideProvider(PHONE_VERIFY_BACKEND).useClass(GatewayFirstBackend),
    });

    await expect(starting).rejects.toThrow('GatewayFirstBackend');
  });

  it.each([
    ['a request-scoped class', RequestScopedBackend],
    ['a factory that injects the request', { useFactory: () => new PlainBackend(SETTINGS), inject: [REQUEST] }],
  ])('%s', async (_name, backend) => {
    const starting = start({ phoneVerify: { backend, options: SETTINGS } });

    await expect(starting).rejects.toThrow(/request-scoped.*singletons/s);
  });

  it.each([
    ['the request', RequestInjectingBackend],
    ['the request, as a property', RequestPropertyBackend],
    ['a class that injects a request-scoped one', TenantGatewayBackend],
    ['what a factory makes from something request-scoped', TenantNameBackend],
  ])('a class that injects %s', async (_name, backend) => {
    const starting = start({ phoneVerify: { backend, options: SETTINGS, imports: [TenantModule] } });

    await expect(starting).rejects.toThrow(PhoneVerifyConfigurationError);
    await expect(starting).rejects.toThrow(`${backend.name} is request-scoped`);
  });

  it('a class that injects a value without a provider', async () => {
    await expect(start({ phoneVerify: { backend: TenantNameBackend } })).rejects.toThrow('tenant name');
  });

  it('a backend that cannot send', async () => {
    const backend = { useValue: {} as PlainBackend };

    await expect(start({ phoneVerify: { backend } })).rejects.toThrow('no sendSms');
  });
});

it('each lifecycle hook of a backend class runs once', async () => {
  const calls: string[] = [];
  class LivingBackend extends PlainBackend {
    onModuleInit(): void {
      calls.push('init');
    }

    async onModuleDestroy(): Promise<void> {
      calls.push('destroy');
    }
  }
  await start({ phoneVerify: { backend: LivingBackend, options: SETTINGS } });
  await test?.close();
  test = undefined;

  expect(calls).toEqual(['init', 'destroy']);
});
