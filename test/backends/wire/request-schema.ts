import type { ReceivedRequest } from '../../support/wire-server.js';

/** What a provider publishes about one field of a request. */
export interface Field {
  readonly type: 'string' | 'number' | 'boolean' | 'array' | 'object';
  /** `true`, or the name of the field that may be there instead. */
  readonly isRequired?: true | { readonly without: string };
  /** Of a number. */
  readonly range?: readonly [least: number, most: number];
  /** Of a text in characters, of a list in entries, or of an object in fields. */
  readonly length?: readonly [least: number, most: number];
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** Of an object. */
  readonly fields?: RequestSchema;
  /** Each entry of a list, or each field of an object that is not in `fields`. */
  readonly entry?: Field;
}

/** The published fields of a request, by name. */
export type RequestSchema = Readonly<Record<string, Field>>;

/** What a request has against the schema of its provider. */
export function schemaFaults(schema: RequestSchema, { headers, body }: ReceivedRequest): string[] {
  const isForm = !headers['content-type']?.includes('json');
  const fields = isForm ? fieldsOfForm(new URLSearchParams(body)) : JSON.parse(body);
  return faultsOfFields({ type: 'object', fields: schema }, fields, '', isForm);
}

/** The fields of a form. The query protocol of AWS numbers the entries of a map: `Map.entry.1.Name`, `….Value.Field`. */
function fieldsOfForm(form: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const [, map, number, part] = /^(\w+)\.entry\.(\d+)\.(?:Name|Value\.(\w+))$/.exec(name) ?? [];
    if (map === undefined) {
      fields[name] = value;
      continue;
    }
    const entries: Record<string, object> = Object((fields[map] ??= {}));
    const entry = form.get(`${map}.entry.${number}.Name`) ?? '';
    entries[entry] = { ...entries[entry], ...(part !== undefined && { [part]: value }) };
  }
  return fields;
}

function faultsOfFields({ fields = {}, entry }: Field, value: unknown, path: string, isForm: boolean): string[] {
  const given: Record<string, unknown> = Object(value);
  const missing = Object.entries(fields).filter(
    ([name, { isRequired }]) =>
      isRequired && !(name in given) && (isRequired === true || !(isRequired.without in given)),
  );
  return [
    ...missing.map(([name]) => `${path}${name} is missing`),
    ...Object.entries(given).flatMap(([name, each]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : entry;
      return field === undefined ? [`${path}${name} is no field`] : faultsOf(field, each, path + name, isForm);
    }),
  ];
}

function faultsOf(field: Field, given: unknown, path: string, isForm: boolean): string[] {
  const value = isForm ? readText(field, given) : given;
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (type !== field.type || Number.isNaN(value)) return [`${path} is no ${field.type}`];
  if (!isWithin(field.range, Number(value))) return [`${path} is out of range`];
  if (!isWithin(field.length, lengthOf(value))) return [`${path} has a wrong length`];
  if (field.values?.includes(String(value)) === false) return [`${path} is no known value`];
  if (field.pattern?.test(String(value)) === false) return [`${path} has a wrong form`];
  const { entry } = field;
  if (!Array.isArray(value)) return type === 'object' ? faultsOfFields(field, value, `${path}.`, isForm) : [];
  return entry === undefined ? [] : value.flatMap((each) => faultsOf(entry, each, path, isForm));
}

/** A form has texts only: a number or a truth value is one where the schema has it. */
function readText({ type }: Field, given: unknown): unknown {
  if (type === 'number' && typeof given === 'string' && given !== '') return Number(given);
  return type === 'boolean' && (given === 'true' || given === 'false') ? given === 'true' : given;
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return Object.keys(Object(value)).length;
}

function isWithin(bounds: readonly [number, number] | undefined, value: number): boolean {
  return bounds === undefined || (value >= bounds[0] && value <= bounds[1]);
}
