import { describe, expect, it } from 'vitest';
import { readRequirement } from '../../lib/http/phone-requirement.js';
import { RequireVerifiedPhone } from '../../lib/index.js';
import { faultsOf } from '../support/configuration-faults.js';

const DEFAULTS = { maxAge: 900, consume: false, purpose: '', from: 'body' };

describe('the options of RequireVerifiedPhone', () => {
  it.each([
    [{}, DEFAULTS],
    [{ maxAge: undefined, consume: undefined, purpose: undefined, from: undefined }, DEFAULTS],
    [{ maxAge: 1, consume: true, purpose: 'login', from: 'header' } as const, {}],
    [{ maxAge: 315_360_000, from: 'body' } as const, {}],
  ])('can be %o', (options, defaults) => {
    const requirement = readRequirement(options);

    expect(requirement).toEqual({ ...DEFAULTS, ...options, ...defaults });
    expect(Object.isFrozen(requirement)).toBe(true);
  });

  it.each([
    [{ maxAge: 0 }, 'maxAge'],
    [{ maxAge: -900 }, 'maxAge'],
    [{ maxAge: 0.5 }, 'maxAge'],
    [{ maxAge: '900' }, 'maxAge'],
    [{ maxAge: Number.NaN }, 'maxAge'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge'],
    [{ maxAge: 315_360_001 }, 'maxAge'],
    [{ consume: 'yes' }, 'consume'],
    [{ consume: null }, 'consume'],
    [{ purpose: 7 }, 'purpose'],
    [{ purpose: null }, 'purpose'],
    [{ purpose: ['login'] }, 'purpose'],
    [{ from: 'query' }, 'from'],
    [{ from: 'Header' }, 'from'],
    [{ from: null }, 'from'],
    [{ maxage: 60 }, 'maxage'],
    [{ maxAgeSeconds: 60 }, 'maxAgeSeconds'],
  ])('cannot be %o, which throws where the decorator is applied', (options, name) => {
    expect(faultsOf(() => RequireVerifiedPhone(options as never))).toEqual([
      expect.stringMatching(`^RequireVerifiedPhone\\.${name}: `),
    ]);
  });

  it.each([null, 'login', 7, ['login']])('cannot be %j, which throws where the decorator is applied', (options) => {
    expect(faultsOf(() => RequireVerifiedPhone(options as never))).toEqual(['RequireVerifiedPhone: must be an object']);
  });

  it('cannot be given twice for one class or handler, because one would be ignored', () => {
    const onClass = RequireVerifiedPhone({ consume: true });
    class Guarded {
      handler(): void {}
    }
    class Inheriting extends Guarded {
      override handler(): void {}
    }
    const place = ({ prototype }: typeof Guarded): [object, string, PropertyDescriptor] => [
      prototype,
      'handler',
      Object.getOwnPropertyDescriptor(prototype, 'handler') ?? {},
    ];
    onClass(Guarded);
    RequireVerifiedPhone({ consume: true })(...place(Guarded));

    expect(faultsOf(() => RequireVerifiedPhone({ maxAge: 60 })(Guarded))).toEqual([
      'RequireVerifiedPhone: is applied twice to Guarded; put all settings into one',
    ]);
    expect(faultsOf(() => RequireVerifiedPhone({ maxAge: 60 })(...place(Guarded)))).toEqual([
      'RequireVerifiedPhone: is applied twice to handler; put all settings into one',
    ]);
    RequireVerifiedPhone()(Inheriting);
    RequireVerifiedPhone()(...place(Inheriting));
  });

  it('cause one error that lists all validation errors', () => {
    const faults = faultsOf(() => RequireVerifiedPhone({ maxAge: 0, consume: 1, purpose: 1, from: 1, x: 1 } as never));

    expect(faults).toHaveLength(5);
  });
});
