/** How every key of counters begins. */
const PREFIX = 'counted:';

/** Where in Redis some counters are. */
export interface CounterPlaces {
  /** The keys, each once. */
  readonly keys: readonly string[];
  /** For each counter the number of its key, from 1, and its name in there. */
  readonly places: readonly string[];
}

/**
 * Finds the places of counters. All counters of a number, an address or a prefix are in one key, so a send needs about half
 * as many keys as it has counters.
 *
 * @param counters - Their keys in any store: a limit, such as `perNumber:3600:`, and what it counts.
 */
export function placesOf(counters: readonly string[]): CounterPlaces {
  const keys: string[] = [];
  const places = counters.map((counter) => {
    const end = endOfLimit(counter);
    const key = PREFIX + counter.slice(end);
    const known = keys.indexOf(key);
    const number = known === -1 ? keys.push(key) : known + 1;
    return `${number} ${counter.slice(0, end)}`;
  });
  return { keys, places };
}

/** Where the name of the limit ends: a rule, which may begin with `own:`, and its seconds; 0 for another counter. */
function endOfLimit(counter: string): number {
  const ruleEnds = counter.indexOf(':', counter.startsWith('own:') ? 4 : 0);
  return ruleEnds === -1 ? 0 : counter.indexOf(':', ruleEnds + 1) + 1;
}
