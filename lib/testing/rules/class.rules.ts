import { ok } from 'node:assert/strict';
import { isBackendClass } from '../../backends/backend-form.js';
import { BaseBackend } from '../../backends/base.backend.js';
import { credentialsOf, expectHidden } from '../expectations.js';
import { expectDelivered, sendWithContext, testMessage } from '../sending.js';
import { start } from '../subject.js';
import type { Rule } from './rule.js';

/** An instance of a backend class, nothing of it abstract. */
type Instance = Pick<BaseBackend<unknown>, keyof BaseBackend<unknown>>;

/** What a backend is. */
export const classRules: readonly Rule[] = [
  {
    name: 'extends BaseBackend',
    check: async ({ backend }) => {
      ok(backend instanceof BaseBackend, 'the backend is no instance of BaseBackend');
    },
  },
  {
    name: 'has subclasses that need no constructor of their own',
    lacks: ({ given }) => (isBackendClass(given.backend) ? undefined : 'the factory gives an instance, not a class'),
    check: async ({ given }) => {
      ok(isBackendClass(given.backend));
      const Parent: new (options: object) => Instance = given.backend;
      class Subclass extends Parent {}
      const backend = new Subclass(given.options ?? {});
      ok(
        backend instanceof Subclass && backend instanceof BaseBackend,
        'the constructor answers an object of another class',
      );
      await start(backend);
      const message = testMessage();
      const receipt = await sendWithContext({ given, backend }, message);
      expectDelivered({ given, backend }, [message], [receipt]);
    },
  },
  {
    name: 'shows no credentials',
    lacks: ({ given }) => (given.credentials === undefined ? 'the factory gives no credentials' : undefined),
    check: async ({ given, backend }) => {
      expectHidden('the backend', backend, credentialsOf(given.credentials));
      expectHidden('an object that holds the backend', { backend }, credentialsOf(given.credentials));
    },
  },
];
