/** Of the longer of two names, the share that may differ. */
const MAX_DIFFERENCE = 0.45;

/** Characters from which the same beginning makes names similar, whatever follows. */
const SAME_BEGINNING = 5;

/**
 * The known name that somebody most likely meant; `undefined` if none is similar. Upper and lower case count as the
 * same.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, difference: difference(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.difference <= MAX_DIFFERENCE)
    .toSorted((one, other) => one.difference - other.difference);
  return nearest?.candidate;
}

function difference(one: string, other: string): number {
  const share = editDistance(one, other) / Math.max(one.length, other.length);
  const isSameBeginning = one.slice(0, SAME_BEGINNING) === other.slice(0, SAME_BEGINNING);
  return isSameBeginning ? Math.min(share, MAX_DIFFERENCE) : share;
}

/** Characters to insert, delete or replace, or neighbours to swap, to turn one text into the other. */
function editDistance(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
