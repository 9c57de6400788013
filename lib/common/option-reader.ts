import { nearestName } from './nearest-name.js';

/** Allowed values, both ends included. */
interface IntegerRange {
  /** What is counted, in the plural, such as `seconds`. */
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** How another option widens the range. */
  readonly widen?: string | undefined;
}

/** More names than this are not listed in an error. */
const MAX_LISTED = 12;

/**
 * Reads option values of unknown type, one by one, and collects all validation errors. An invalid value reads as its
 * default.
 */
export class OptionReader {
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @param values - The options as given.
   * @param faults - Collects the validation errors; shared with the readers of nested options.
   * @param path - Prefix of the option names, such as `delivery.`.
   */
  constructor(
    values: object,
    readonly faults: string[],
    private readonly path = '',
  ) {
    this.#values = { ...values };
  }

  /** Records a validation error of an option. */
  fault(name: string, text: string): void {
    this.faults.push(`${this.path}${name}: ${text}`);
  }

  /**
   * Records a validation error for every unknown option.
   *
   * @param explain - What to say of a name that is an option elsewhere; `undefined` for any other name.
   */
  refuseUnknown(known: readonly string[], explain: (name: string) => string | undefined = () => undefined): void {
    for (const name of Object.keys(this.#values)) {
      if (!known.includes(name)) this.fault(name, explain(name) ?? `is not an option${suggestion(name, known)}`);
    }
  }

  value(name: string): unknown {
    return this.#values[name];
  }

  integer(name: string, range: IntegerRange, fallback: number): number {
    const value = this.value(name);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= range.from && value <= range.to) return value;
    const widen = range.widen === undefined ? '' : `; ${range.widen}`;
    this.fault(name, `must be a whole number of ${range.unit} from ${range.from} to ${range.to}${widen}`);
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.value(name);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.fault(name, 'must be true or false');
    return fallback;
  }

  text(name: string, fallback: string): string {
    const value = this.value(name);
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (value !== undefined) this.fault(name, 'must be a text that is not empty');
    return fallback;
  }

  /** A required text. */
  requiredText(name: string): string {
    if (this.value(name) === undefined) this.fault(name, 'is required');
    return this.text(name, '');
  }

  /** Two texts of which exactly one is required. */
  exactlyOneText(one: string, other: string): void {
    const given = [one, other].filter((name) => this.value(name) !== undefined);
    for (const name of given) this.text(name, '');
    if (given.length !== 1) this.fault(one, `give either ${one} or ${other}`);
  }

  /** Two texts of which at least one is required. */
  someText(one: string, other: string): void {
    const given = [one, other].filter((name) => this.value(name) !== undefined);
    for (const name of given) this.text(name, '');
    if (given.length === 0) this.fault(one, `give ${one}, ${other} or both`);
  }

  /** A URL with http or https. */
  url(name: string): void {
    const value = this.value(name);
    if (value === undefined) return;
    const isAddress = typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
    if (!isAddress) this.fault(name, 'must be an address that begins with https:// or http://');
  }

  /** An optional function. */
  function(name: string): void {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'function') this.fault(name, 'must be a function');
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const value = this.value(name);
    if (value === undefined) return Object.freeze([]);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return Object.freeze([...value]);
    this.fault(name, 'must be a list of strings');
    return [];
  }

  object(name: string): object {
    const value = this.value(name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    if (value !== undefined) this.fault(name, 'must be an object');
    return {};
  }

  /** A reader for the options inside an option. */
  nested(name: string, known: readonly string[]): OptionReader {
    const reader = new OptionReader(this.object(name), this.faults, `${this.path}${name}.`);
    reader.refuseUnknown(known);
    return reader;
  }

  /** Readers for the entries of a list, each of which is an object with options. */
  entries(name: string, values: readonly unknown[], known: readonly string[]): readonly OptionReader[] {
    return Array.from(values, (value, index) => {
      const place = `${name}[${index}]`;
      return new OptionReader({ [place]: value }, this.faults, this.path).nested(place, known);
    });
  }
}

function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `; did you mean \`${nearest}\`?`;
  return known.length <= MAX_LISTED ? `; the options are ${known.join(', ')}` : '; docs/options.md lists the options';
}
