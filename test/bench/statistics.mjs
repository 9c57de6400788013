/** Median of a list of numbers. */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/** Median with the smallest and the largest value. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
