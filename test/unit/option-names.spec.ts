import { describe, expect, expectTypeOf, it } from 'vitest';
import { optionNames } from '../../lib/common/option-names.js';

interface Example {
  first?: string;
  second: number;
}

type Names = Parameters<typeof optionNames<Example>>[0];

describe('the names of the options of a type', () => {
  it('are in the order in which they are written', () => {
    expect(optionNames<Example>({ second: true, first: true })).toEqual(['second', 'first']);
  });

  // The compiler checks this, because the tests are type-checked too.
  it('are complete and contain no other name', () => {
    expectTypeOf<{ first: true; second: true }>().toExtend<Names>();
    expectTypeOf<{ second: true }>().not.toExtend<Names>();
    expectTypeOf<keyof Names>().toEqualTypeOf<'first' | 'second'>();
  });
});
