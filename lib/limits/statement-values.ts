import type { Parameters } from '../database/database.js';

/** Names the values of each row's parameters by its number. */
export function numbered(rows: readonly Parameters[]): Parameters {
  return Object.fromEntries(
    rows.flatMap((values, number) => Object.entries(values).map(([name, value]) => [`${name}${number}`, value])),
  );
}

/** Sorts rows by key, so that statements lock them in one order. */
export function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}
