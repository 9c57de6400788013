import axe, { type AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { everyState, inEachState } from './support/states.js';
import { useElement } from './support/use-element.js';

describe.each([
  ['light', 'en'],
  ['dark', 'en'],
  ['light', 'ar'],
] as const)('%s, on a page in %s', (colorScheme, language) => {
  const test = useElement({ colorScheme });

  it('violates no accessibility rule in any state', async () => {
    const { element, page, served } = test;
    // axe waits for timers.
    await page.clock.resume();

    const violations = await inEachState(element, served.url('', language), async () => {
      await page.evaluate(axe.source);
      const results = await page.evaluate<AxeResults>('axe.run()');
      return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    });

    expect(violations).toEqual(everyState([]));
  }, 120_000);
});
