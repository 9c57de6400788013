import { expect, it } from 'vitest';
import { timeOrderedId } from '../../lib/common/random.js';

it('an id begins with the time, and is a UUID of version 7', () => {
  // The example of RFC 9562, appendix A.6.
  expect(timeOrderedId(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('later ids are greater, and no two of one millisecond are the same', () => {
  const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 4_102_444_800_000];
  const ids = times.map(timeOrderedId);

  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => timeOrderedId(1))).size).toBe(1000);
});
