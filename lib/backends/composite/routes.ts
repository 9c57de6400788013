import { OptionReader } from '../../common/option-reader.js';
import { countryOf, isCountry, WITHIN_GB } from '../../phone-number/phone-number.js';
import { checkBackendOptions } from '../provider/provider-options.js';
import { readChild } from './child-options.js';
import type { Child } from './child.js';

const PREFIX = /^\+\d{1,15}$/;

/** Decides which backend sends to which number. */
export class Routes {
  constructor(
    private readonly byPrefix: ReadonlyMap<string, Child | undefined>,
    private readonly byCountry: ReadonlyMap<string, Child | undefined>,
    private readonly otherwise: Child,
  ) {}

  /** All backends, each once. */
  get children(): readonly Child[] {
    const all = new Set([...this.byPrefix.values(), ...this.byCountry.values(), this.otherwise]);
    return [...all].filter((child) => child !== undefined);
  }

  /** The longest matching prefix decides, then the country. */
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

/** @throws {@link PhoneVerifyConfigurationError} with all validation errors, also those of the backends inside. */
export function readRoutes(options: unknown): Routes {
  // A route with an invalid backend has none. It is never used, because the application does not start.
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
      assign(own, 'countries', countries, isCountry, 'a country as ISO 3166-1 alpha-2 in capitals', byCountry, child);
      assign(
        own,
        'prefixes',
        prefixes,
        (text) => PREFIX.test(text),
        'a prefix of a plus and 1 to 15 digits',
        byPrefix,
        child,
      );
    }
    if (reader.value('otherwise') === undefined)
      reader.fault('otherwise', 'is required: the backend for other numbers');
    else otherwise = readChild(reader.value('otherwise'), 'options.otherwise', reader.faults);
  });
  // Not reached: without it there is a validation error.
  if (otherwise === undefined) throw new TypeError('There is no backend for other numbers.');
  return new Routes(byPrefix, byCountry, otherwise);
}

/** Adds the countries or prefixes of a route, and records those that are invalid or already in a route. */
function assign(
  reader: OptionReader,
  name: string,
  texts: readonly string[],
  isValid: (text: string) => boolean,
  form: string,
  children: Map<string, Child | undefined>,
  child: Child | undefined,
): void {
  for (const text of texts) {
    if (!isValid(text)) reader.fault(name, `${JSON.stringify(text)} is not ${form}`);
    else if (children.has(text)) reader.fault(name, `${text} is already in a route`);
    else children.set(text, child);
  }
}
