import { inspect } from 'node:util';
import { type DynamicModule, Inject, Injectable, Logger, type Provider, Scope } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BaseBackend,
  FailoverBackend,
  HttpBackend,
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PhoneVerifyConfigurationError,
  PhoneVerifyModule,
  RoutingBackend,
  SandboxBackend,
} from '../../../lib/index.js';
import { prepareBackend } from '../../../lib/backends/module-aware.backend.js';
import { TwilioBackend } from '../../../lib/backends/twilio/index.js';
import { startApplication } from '../../support/application.js';
import { scripted, started } from '../../support/composites.js';
import { faultsOf } from '../../support/configuration-faults.js';

@Injectable()
class Gateway {}

class Plain extends BaseBackend {
  override async sendSms(): Promise<void> {}
}

@Injectable()
class InjectsMore extends Plain {
  constructor(
    @Inject(PHONE_VERIFY_BACKEND_OPTIONS) options: Record<string, unknown>,
    @Inject(Gateway) readonly gateway: Gateway,
  ) {
    super(options);
  }
}

@Injectable()
class InjectsAnother extends Plain {
  constructor(readonly gateway: Gateway) {
    super({});
  }
}

@Injectable()
class InjectsAnotherToken extends Plain {
  constructor(@Inject('GATEWAY') gateway: Record<string, unknown>) {
    super(gateway);
  }
}

class InjectsProperty extends Plain {
  @Inject(Gateway) readonly gateway!: Gateway;
}

class TakesTwo extends Plain {
  constructor(
    options: Record<string, unknown>,
    readonly other: string,
  ) {
    super(options);
  }
}

@Injectable()
class TakesItsOptions extends Plain {
  constructor(@Inject(PHONE_VERIFY_BACKEND_OPTIONS) readonly given: Record<string, unknown>) {
    super(given);
  }
}

class Inherits extends TakesItsOptions {}

const backends = [{ backend: Plain }];
const otherwise = { backend: Plain };

function failoverFaults(options: unknown): readonly string[] {
  return faultsOf(() => new FailoverBackend(options as never));
}

function routingFaults(options: unknown): readonly string[] {
  return faultsOf(() => new RoutingBackend(options as never));
}

beforeEach(() => {
  Logger.overrideLogger(false);
});

describe('the settings of a FailoverBackend', () => {
  it('give no two backends the same name', () => {
    const twice = [
      { backend: Plain, name: 'one' },
      { backend: Plain, name: 'one' },
    ];

    expect(faultsOf(() => started(new FailoverBackend({ backends: twice })))).toEqual([
      'options.backends[1].name: another backend is called one; give other names',
    ]);
  });

  it.each([
    [undefined, ['options.backends: must be a list of at least one backend']],
    [{ backends: [] }, ['options.backends: must be a list of at least one backend']],
    [{ backends: { backend: Plain } }, ['options.backends: must be a list of at least one backend']],
    [{ backends, deadline: 5 }, ['options.deadline: is not an option; did you mean `deadlineMs`?']],
    [{ backends, deadlineMs: 0 }, ['options.deadlineMs: must be a whole number of milliseconds from 1 to 600000']],
    [{ backends, deadlineMs: '20s' }, ['options.deadlineMs: must be a whole number of milliseconds from 1 to 600000']],
    [{ backends, afterUnknown: 'retry' }, ["options.afterUnknown: must be 'next' or 'stop'"]],
    [
      { backends, breaker: { failures: 0 } },
      ['options.breaker.failures: must be a whole number of failures from 1 to 1000'],
    ],
    [
      { backends, breaker: { halfOpenAfterMs: 1.5 } },
      ['options.breaker.halfOpenAfterMs: must be a whole number of milliseconds from 1 to 3600000'],
    ],
    [
      { backends, breaker: { limit: 1 } },
      ['options.breaker.limit: is not an option; the options are failures, halfOpenAfterMs'],
    ],
    [{ backends, breaker: 5 }, ['options.breaker: must be an object']],
    [
      { backends: [{ backend: Plain, timeoutMs: 5 }] },
      ['options.backends[0].timeoutMs: is not an option; the options are backend, options, name'],
    ],
    [{ backends, onResend: 'first' }, ["options.onResend: must be 'next' or 'same'"]],
    [{ backends: [{ backend: Plain, name: '' }] }, ['options.backends[0].name: must be a text that is not empty']],
    [
      { backends: [{ backend: Plain, name: 'x'.repeat(65) }] },
      ['options.backends[0].name: must have at most 64 characters'],
    ],
    [{ backends: [{ backend: Plain, options: 'x' }] }, ['options.backends[0].options: must be an object']],
    [
      { backends: [{ backend: new Plain({}), options: {} }] },
      ['options.backends[0].options: are for a class; this backend is built already'],
    ],
  ])('%j', (options, faults) => {
    expect(failoverFaults(options)).toEqual(faults);
  });

  it.each([
    null,
    undefined,
    {},
    { backend: 'TwilioBackend' },
    { backend: Gateway },
    { backend: { useExisting: undefined } },
  ])('refuse %o as a backend', (child) => {
    expect(failoverFaults({ backends: [child] })).toEqual([
      'options.backends[0].backend: must be a class that extends BaseBackend, an instance of one, or { useExisting: token }',
    ]);
  });

  it('have all their validation errors in one error, with those of the backends inside and without credentials', () => {
    const build = (): unknown =>
      new FailoverBackend({
        backends: [
          { backend: TwilioBackend, options: { sid: 'AC-hidden', secret: 'hidden', form: 'Acme' } },
          { backend: HttpBackend, options: { url: 'ftp://user:hidden@host', headers: { authorization: 'hidden\n' } } },
          { backend: RoutingBackend, options: { routes: [], otherwise: { backend: TwilioBackend, options: {} } } },
        ],
        deadlineMs: -1,
      });

    expect(faultsOf(build).map((fault) => fault.slice(0, fault.indexOf(': ')))).toEqual([
      'options.backends[0].options.form',
      'options.backends[0].options.from',
      'options.backends[1].options.url',
      'options.backends[1].options.headers',
      'options.backends[1].options.body',
      'options.backends[2].options.otherwise.options.sid',
      'options.backends[2].options.otherwise.options.secret',
      'options.backends[2].options.otherwise.options.from',
      'options.deadlineMs',
    ]);
    expect(() => build()).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hidden') }));
  });

  it.each([InjectsMore, InjectsAnother, InjectsAnotherToken, InjectsProperty, TakesTwo])(
    'refuse %o, which cannot be built with only its options',
    (type) => {
      expect(failoverFaults({ backends: [{ backend: type }] })).toEqual([
        `options.backends[0].backend: ${type.name} injects more than its options; provide it in a module and give { useExisting: ${type.name} }`,
      ]);
    },
  );

  it.each([TakesItsOptions, Inherits, Plain, SandboxBackend])('build %o with its options', (type) => {
    expect(failoverFaults({ backends: [{ backend: type, options: { sandboxToken: '0000' } }] })).toEqual([]);
  });

  it('pass to a class the options beside it', () => {
    let given: unknown;
    class Keeps extends Plain {
      constructor(options: Record<string, unknown>) {
        super(options);
        given = options;
      }
    }
    const options = { from: 'Acme' };

    expect(failoverFaults({ backends: [{ backend: Keeps, options }] })).toEqual([]);
    expect(given).toBe(options);
    expect(failoverFaults({ backends: [{ backend: Keeps }] })).toEqual([]);
    expect(given).toEqual({});
  });

  it('are not shown when the backend is printed', () => {
    const options = { backends: [{ backend: TwilioBackend, options: { sid: 'AC1', secret: 'hidden', from: 'Acme' } }] };
    const backend = new FailoverBackend(options);

    for (const text of [inspect(backend, { depth: 9, showHidden: true }), JSON.stringify({ backend })]) {
      expect(text).not.toContain('hidden');
    }
  });
});

describe('the settings of a RoutingBackend', () => {
  it.each([
    [undefined, ['options.routes: must be a list', 'options.otherwise: is required: the backend for other numbers']],
    [{ routes: [] }, ['options.otherwise: is required: the backend for other numbers']],
    [{ otherwise }, ['options.routes: must be a list']],
    [{ routes: [], otherwise, default: 1 }, ['options.default: is not an option; the options are routes, otherwise']],
    [{ routes: [{ backend: Plain }], otherwise }, ['options.routes[0].countries: give countries, prefixes or both']],
    [
      { routes: [{ countries: ['UK', 'in'], backend: Plain }], otherwise },
      [
        'options.routes[0].countries: "UK" is not a country as ISO 3166-1 alpha-2 in capitals',
        'options.routes[0].countries: "in" is not a country as ISO 3166-1 alpha-2 in capitals',
      ],
    ],
    [
      { routes: [{ prefixes: ['1787', '+', '+1 787', `+${'1'.repeat(16)}`], backend: Plain }], otherwise },
      ['1787', '+', '+1 787', `+${'1'.repeat(16)}`].map(
        (prefix) => `options.routes[0].prefixes: "${prefix}" is not a prefix of a plus and 1 to 15 digits`,
      ),
    ],
    [
      {
        routes: [
          { countries: ['IN'], backend: Plain },
          { countries: ['IN', 'FR', 'FR'], backend: Plain },
        ],
        otherwise,
      },
      [
        'options.routes[1].countries: IN is already in a route',
        'options.routes[1].countries: FR is already in a route',
      ],
    ],
    [
      {
        routes: [
          { prefixes: ['+1'], backend: Plain },
          { prefixes: ['+1'], backend: Plain },
        ],
        otherwise,
      },
      ['options.routes[1].prefixes: +1 is already in a route'],
    ],
    [
      { routes: [{ countries: 'IN', backend: Plain }], otherwise },
      [
        'options.routes[0].countries: must be a list of strings',
        'options.routes[0].countries: give countries, prefixes or both',
      ],
    ],
    [
      { routes: [{ countries: ['XX'], backend: 'Plain' }], otherwise: {} },
      [
        'options.routes[0].backend: must be a class that extends BaseBackend, an instance of one, or { useExisting: token }',
        'options.routes[0].countries: "XX" is not a country as ISO 3166-1 alpha-2 in capitals',
        'options.otherwise.backend: must be a class that extends BaseBackend, an instance of one, or { useExisting: token }',
      ],
    ],
  ])('%j', (options, faults) => {
    expect(routingFaults(options)).toEqual(faults);
  });
});

describe('time limits that cannot work together', () => {
  function limitFaults(
    backend: BaseBackend<unknown>,
    delivery = { timeoutMs: 10_000, insideTimeoutMs: 5000 },
  ): readonly string[] {
    return faultsOf(() => prepareBackend(backend, { ...delivery, around: [], resolve: () => undefined }));
  }

  function failover(deadlineMs?: number, ...inside: BaseBackend<unknown>[]): FailoverBackend {
    const leaves = inside.length === 0 ? [scripted('Leaf')] : inside;
    return new FailoverBackend({ backends: leaves.map((backend) => ({ backend })), ...(deadlineMs && { deadlineMs }) });
  }

  it('stop the application: a deadline of less than twice what one may take', () => {
    expect(limitFaults(failover(9999))).toEqual([
      'options.deadlineMs: 9999 ms leave no time for the next backend when Leaf, which may take 5000 ms, hangs; ' +
        'give at least 10000, or a shorter time limit to the backend',
    ]);
    expect(limitFaults(failover(10_000))).toEqual([]);
  });

  it('count the time limit of the module', () => {
    const delivery = { timeoutMs: 10_001, insideTimeoutMs: 10_001 };

    expect(limitFaults(failover(), delivery)).toEqual([expect.stringContaining('give at least 20002')]);
    expect(limitFaults(failover(20_002), delivery)).toEqual([]);
  });

  it("count a backend's own time limit where it is shorter", () => {
    const http = (timeoutMs: number): HttpBackend =>
      new HttpBackend({ url: 'http://127.0.0.1', body: String, timeoutMs });

    expect(limitFaults(failover(2000, http(1000)))).toEqual([]);
    expect(limitFaults(failover(1999, http(1000)))).toEqual([expect.stringContaining('HttpBackend')]);
    expect(limitFaults(failover(9999, http(60_000)))).toEqual([expect.stringContaining('which may take 5000 ms')]);
  });

  it('name the place of the failover', () => {
    const routed = new RoutingBackend({ routes: [], otherwise: { backend: failover(6000) } });

    expect(limitFaults(routed)).toEqual([
      expect.stringMatching(/^options\.otherwise\.options\.deadlineMs: 6000 ms leave no time/),
    ]);
  });

  it('stop an application at its start, before anything is sent', async () => {
    const starting = startApplication({
      phoneVerify: { backend: FailoverBackend, options: { backends: [{ backend: Plain }], deadlineMs: 5000 } },
    });

    await expect(starting).rejects.toThrow(PhoneVerifyConfigurationError);
    await expect(starting).rejects.toThrow('options.deadlineMs: 5000 ms leave no time');
  });
});

describe('a failover inside a failover', () => {
  class OwnFailover extends FailoverBackend {}

  const inner = { backend: FailoverBackend, options: { backends: [{ backend: Plain }] } };
  const inOtherwise = { backend: RoutingBackend, options: { routes: [], otherwise: inner } };
  const inRoute = {
    backend: RoutingBackend,
    options: { routes: [{ countries: ['IN'], ...inner }], otherwise: { backend: Plain } },
  };

  it.each([
    ['a class', inner, 'options.backends[1].backend'],
    ['an instance', { backend: new FailoverBackend(inner.options) }, 'options.backends[1].backend'],
    ['of a subclass', { ...inner, backend: OwnFailover }, 'options.backends[1].backend', 'OwnFailover'],
    ['in a route', inRoute, 'options.backends[1].options.routes[0].backend'],
    [
      'two routings deep',
      { backend: RoutingBackend, options: { routes: [], otherwise: inOtherwise } },
      'options.backends[1].options.otherwise.options.otherwise.backend',
    ],
    ['a provider of the application', { backend: { useExisting: FailoverBackend } }, 'options.backends[1].backend'],
  ])('stops the application when it is %s', async (_name, child, place, name = 'FailoverBackend') => {
    const starting = startApplication({
      phoneVerify: { backend: FailoverBackend, options: { backends: [{ backend: Plain }, child] } },
      imports: [provides({ provide: FailoverBackend, useValue: new FailoverBackend(inner.options) })],
    });

    await expect(starting).rejects.toThrow(PhoneVerifyConfigurationError);
    await expect(starting).rejects.toThrow(
      `${place}: ${name} is a failover inside a failover; put its backends into the outer one, ` +
        'or put a failover into each route of a RoutingBackend',
    );
  });

  it('does not stop an application with a failover in each route', async () => {
    const application = await startApplication({
      phoneVerify: {
        backend: RoutingBackend,
        options: { routes: [{ countries: ['IN'], ...inner }], otherwise: inner },
      },
    });

    expect(await application.service.sendSecurityCode('+14155552671')).toMatchObject({ codeLength: 6 });
    await application.close();
  });

  it('is refused by the first send outside an application', async () => {
    const backend = new FailoverBackend({ backends: [inner] });

    await expect(backend.sendSms('+14155552671', 'x')).rejects.toThrow('is a failover inside a failover');
    await expect(backend.sendSms('+14155552671', 'x')).rejects.toThrow('is a failover inside a failover');
  });
});

describe('a backend of the application inside a composite', () => {
  it('is found by its token, with what it injects', async () => {
    const application = await startApplication({
      phoneVerify: {
        backend: FailoverBackend,
        options: { backends: [{ backend: { useExisting: InjectsMore } }] },
      },
      imports: [
        provides({
          provide: InjectsMore,
          useFactory: (gateway: Gateway) => new InjectsMore({}, gateway),
          inject: [Gateway],
        }),
      ],
    });

    expect(await application.app.get(PHONE_VERIFY_BACKEND).sendSms('+14155552671', 'x')).toEqual({
      backend: 'InjectsMore',
    });
    expect(application.app.get(InjectsMore, { strict: false }).gateway).toBeInstanceOf(Gateway);
    await application.close();
  });

  it.each([
    ['nothing is provided', 'MISSING', 'the application provides no backend under MISSING'],
    ['something else is provided', Gateway, 'the application provides no backend under Gateway'],
    ['the composite itself is provided', PHONE_VERIFY_BACKEND, 'FailoverBackend is inside itself'],
  ])('stops the application when %s under its token', async (_name, useExisting, text) => {
    const starting = startApplication({
      phoneVerify: { backend: FailoverBackend, options: { backends: [{ backend: { useExisting } }] } },
      imports: [provides()],
    });

    await expect(starting).rejects.toThrow(PhoneVerifyConfigurationError);
    await expect(starting).rejects.toThrow(text);
  });

  it('stops the application when it is built for each request', async () => {
    const starting = startApplication({
      phoneVerify: { backend: FailoverBackend, options: { backends: [{ backend: { useExisting: Plain } }] } },
      imports: [provides({ provide: Plain, useFactory: () => new Plain({}), scope: Scope.REQUEST })],
    });

    await expect(starting).rejects.toThrow('options.backends[0].backend: ');
  });

  it('cannot send before the application has started', async () => {
    const backend = new FailoverBackend({ backends: [{ backend: { useExisting: 'TOKEN' } }] });

    await expect(backend.sendSms('+14155552671', 'x')).rejects.toThrow(PhoneVerifyConfigurationError);
  });
});

/** A module of the application with a provider of its own. */
function provides(...providers: Provider[]): DynamicModule {
  class ProvidingModule {}
  return { module: ProvidingModule, providers: [Gateway, ...providers] };
}

describe('the module', () => {
  it('replaces a provider by a composite in one line', async () => {
    const application = await startApplication({
      module: PhoneVerifyModule.forRootAsync({
        useFactory: () => ({
          backend: RoutingBackend,
          options: { routes: [{ countries: ['IN'], backend: Plain }], otherwise: { backend: SandboxBackend } },
          appName: 'Acme',
          cleanup: false as const,
        }),
      }),
    });

    expect(await application.service.sendSecurityCode('+14155552671')).toMatchObject({ codeLength: 6 });
    await application.close();
  });
});
