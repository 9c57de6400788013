import { OptionReader } from '../../common/option-reader.js';
import { countryOf, isCountry, WITHIN_GB } from '../../phone-number/phone-number.js';
import { checkBackendOptions } from '../provider/provider-options.js';
import { readChild } from './child-options.js';
import type { Child } from './child.js';

const PREFIX = /^\+\d{1,15}$/;

/** Which backend is meant for which number. */
export class Routes {
  constructor(
    private readonly byPrefix: ReadonlyMap<string, Child | undefined>,
    private readonly byCountry: ReadonlyMap<string, Child | undefined>,
    private readonly otherwise: Child,
  ) {}

  /** Every backend, once. */
  get children(): readonly Child[] {
    const all = new Set([...this.byPrefix.values(), ...this.byCountry.values(), this.otherwise]);
    return [...all].filter((child) => child !== undefined);
  }

  /** The longest prefix that fits decides, then the country. */
  find(number: string, country = countryOf(number)): Child {
    for (let length = number.length; length > 1; length -= 1) {
      const child = this.byPrefix.get(number.slice(0, length));
      if (child !== undefined) return child;
    }
    const countries = country !== undefined && WITHIN_GB.has(country) ? [country, 'GB'] : [country];
    const own = countries.find((each) => each !== undefined && this.byCountry.has(each));
    return (own === undefined ? undefined : this.byCountry.get(own)) ?? this.otherwise;
  }
}

/** @throws {@link PhoneVerifyConfigurationError} with every fault, those of the backends inside included. */
export function readRoutes(options: unknown): Routes {
  // A route whose backend is at fault has none, and is never used.
  const byPrefix = new Map<string, Child | undefined>();
  const byCountry = new Map<string, Child | undefined>();
  let otherwise: Child | undefined;
  checkBackendOptions(options, ['routes', 'otherwise'], (reader) => {
    const routes = reader.value('routes');
    if (!Array.isArray(routes)) reader.fault('routes', 'must be a list');
    for (const [index, route] of (Array.isArray(routes) ? routes : []).entries()) {
      const path = `options.routes[${index}]`;
      const child = readChild(route, path, reader.faults, ['countries', 'prefixes']);
      const own = new OptionReader(Object(route), reader.faults, `${path}.`);
      const [countries, prefixes] = [own.texts('countries'), own.texts('prefixes')];
      if (countries.length + prefixes.length === 0) own.fault('countries', 'give countries, prefixes or both');
      assign(own, 'countries', countries, isCountry, 'ISO 3166-1 alpha-2 in capitals', byCountry, child);
      assign(own, 'prefixes', prefixes, (text) => PREFIX.test(text), 'a plus and 1 to 15 digits', byPrefix, child);
    }
    if (reader.value('otherwise') === undefined)
      reader.fault('otherwise', 'is required: the backend for other numbers');
    else otherwise = readChild(reader.value('otherwise'), 'options.otherwise', reader.faults);
  });
  // Without it there was a fault, and so an error.
  if (otherwise === undefined) throw new TypeError('There is no backend for other numbers.');
  return new Routes(byPrefix, byCountry, otherwise);
}

/** Notes what a route is for, and what is wrong with it or is another route's already. */
function assign(
  reader: OptionReader,
  name: string,
  texts: readonly string[],
  isRight: (text: string) => boolean,
  form: string,
  children: Map<string, Child | undefined>,
  child: Child | undefined,
): void {
  for (const text of texts) {
    if (!isRight(text)) reader.fault(name, `${JSON.stringify(text)} is not right: ${form}`);
    else if (children.has(text)) reader.fault(name, `${text} is in a route already`);
    else children.set(text, child);
  }
}
