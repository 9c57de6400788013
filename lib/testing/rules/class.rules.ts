import { ok } from 'node:assert/strict';
import { isBackendClass } from '../../backends/backend-form.js';
import { BaseBackend } from '../../backends/base.backend.js';
import { credentialsOf, expectHidden } from '../expectations.js';
import { expectDelivered, sendWithContext, testMessage } from '../sending.js';
import { start } from '../subject.js';
import type { Rule } from './rule.js';

/** An instance of a backend class, without abstract members. */
type Instance = Pick<BaseBackend<unknown>, keyof BaseBackend<unknown>>;

/** Rules for the class of a backend. */
export const classRules: readonly Rule[] = [
  {
    name: 'extends BaseBackend',
    check: async ({ backend }) => {
      ok(backend instanceof BaseBackend, 'the backend is not an instance of BaseBackend');
    },
  },
  {
    name: 'supports subclasses without a constructor',
    lacks: ({ given }) => (isBackendClass(given.backend) ? undefined : 'the factory returns an instance, not a class'),
    check: async ({ given }) => {
      ok(isBackendClass(given.backend));
      const Parent: new (options: object) => Instance = given.backend;
      class Subclass extends Parent {}
      const backend = new Subclass(given.options ?? {});
      ok(
        backend instanceof Subclass && backend instanceof BaseBackend,
        'the constructor returns an object of another class',
      );
      await start(backend);
      const message = testMessage();
      const receipt = await sendWithContext({ given, backend }, message);
      expectDelivered({ given, backend }, [message], [receipt]);
    },
  },
  {
    name: 'shows no credentials',
    lacks: ({ given }) => (given.credentials === undefined ? 'the factory provides no credentials' : undefined),
    check: async ({ given, backend }) => {
      expectHidden('the backend', backend, credentialsOf(given.credentials));
      expectHidden('an object that holds the backend', { backend }, credentialsOf(given.credentials));
    },
  },
];
