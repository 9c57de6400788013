import { BaseBackend } from '../../lib/index.js';

/** Creates a backend class with the given send. */
export function backendThat(send: (number: string, message: string, signal?: AbortSignal) => unknown) {
  return class extends BaseBackend {
    override sendSms(...[number, message, context]: Parameters<BaseBackend['sendSms']>): Promise<void> {
      return send(number, message, context?.signal) as Promise<void>;
    }
  };
}

/** Unusual values that code can throw. */
export const ODD_THROWS: readonly (readonly [string, () => unknown])[] = [
  ['an error', () => new Error('boom')],
  ['a string', () => 'boom'],
  ['undefined', () => undefined],
  ['null', () => null],
  ['a symbol', () => Symbol('boom')],
  ['a frozen error', () => Object.freeze(new Error('boom'))],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  ['an object without a prototype', () => Object.create(null)],
  [
    'a cyclic error',
    () => {
      const error = new Error('boom');
      return Object.assign(error, { self: error, cause: error });
    },
  ],
  [
    'an error whose getters throw',
    () => {
      const error = new Error('boom');
      Object.defineProperty(error, 'message', {
        get: () => {
          throw new Error('no message');
        },
      });
      return error;
    },
  ],
];
