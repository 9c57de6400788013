import { ok } from 'node:assert/strict';
import { isBackendClass } from '../backends/backend-form.js';
import type { BaseBackend } from '../backends/base.backend.js';
import { prepareBackend, WITHOUT_MODULE } from '../backends/module-aware.backend.js';
import type { BackendFactory, BackendUnderTest } from './backend-under-test.js';

/** What a rule is checked against. */
export interface Subject {
  /** What the factory returned. */
  readonly given: BackendUnderTest;
  /** The backend, started. */
  readonly backend: BaseBackend<unknown>;
}

/** Lifecycle hooks, in the order in which Nest calls them. */
const START_HOOKS = ['onModuleInit', 'onApplicationBootstrap'];
const STOP_HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'];

/** Runs work on a new backend, and stops everything afterwards, also after a failure. */
export async function withSubject<T>(factory: BackendFactory, work: (subject: Subject) => Promise<T>): Promise<T> {
  const given = await factory();
  try {
    const backend = built(given);
    await start(backend);
    try {
      return await work({ given, backend });
    } finally {
      for (const hook of STOP_HOOKS) await callHook(backend, hook);
    }
  } finally {
    await given.close?.();
  }
}

function built({ backend, options = {} }: BackendUnderTest): BaseBackend<unknown> {
  if (isBackendClass(backend)) return new backend(options);
  ok(typeof backend === 'object', 'the factory must return a class that extends BaseBackend, or an instance of one');
  return backend;
}

/** Starts a backend as an application does. */
export async function start(backend: BaseBackend<unknown>): Promise<void> {
  prepareBackend(backend, WITHOUT_MODULE);
  for (const hook of START_HOOKS) await callHook(backend, hook);
}

async function callHook(backend: BaseBackend<unknown>, name: string): Promise<void> {
  const hook: unknown = Reflect.get(backend, name);
  if (typeof hook === 'function') await Reflect.apply(hook, backend, []);
}
