/** What a number is, according to the numbering plan of its country. */
export interface ReadNumber {
  /** E.164. */
  readonly number: string;
  /** Whether a number of its country can have this length. */
  readonly isPossible: boolean;
}

/** Knows the numbering plans of all countries. */
export interface NumberFormat {
  /** The text with the punctuation of its country. */
  readonly punctuate: (text: string, country: string) => string;
  /** Reads a number that may be in national notation; `undefined` if it cannot be one. */
  readonly read: (text: string, country: string) => ReadNumber | undefined;
  /** The country that the beginning of a number with `+` tells, such as `CA` for `+1604`. */
  readonly countryOf: (number: string) => string | undefined;
  /** A number with `+` in its usual groups. */
  readonly group: (number: string) => string;
}

let loading: Promise<NumberFormat | undefined> | undefined;

/**
 * Loads the numbering plans, which are a file of their own, once.
 *
 * @returns `undefined` if they cannot be loaded. The element works without them, and the server decides.
 */
export function loadNumberFormat(): Promise<NumberFormat | undefined> {
  loading ??= import('./numbering-plans.js').then(
    ({ numberingPlans }) => numberingPlans,
    () => {
      loading = undefined;
      return undefined;
    },
  );
  return loading;
}

/** Shows the numbers within some content in their usual groups. */
export async function groupNumbers(content: HTMLElement): Promise<void> {
  const numbers = content.querySelectorAll('bdi');
  if (numbers.length === 0) return;
  const format = await loadNumberFormat();
  for (const number of numbers) {
    if (format !== undefined) number.textContent = format.group(number.textContent);
  }
}
