import 'reflect-metadata';
import { DECLARED_PARAMETERS, DECLARED_PROPERTIES, INJECTABLE, PARAMETER_TYPES } from '../../common/nest-metadata.js';
import { OptionReader } from '../../common/option-reader.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import { PHONE_VERIFY_BACKEND_OPTIONS } from '../../phone-verify.tokens.js';
import { isBackendClass } from '../backend-form.js';
import type { BackendClass } from '../backend.options.js';
import { BaseBackend } from '../base.backend.js';
import { checkDevelopmentSettings } from '../development-settings.js';
import { Child, type ExistingBackend, faultsInside } from './child.js';

/**
 * A backend inside a composite, and its settings.
 *
 * @publicApi
 */
export interface ChildBackendOptions {
  /** A class, built as `new Class(options)`; a ready instance; or the token of a provider of the application. */
  readonly backend: BackendClass | BaseBackend<unknown> | ExistingBackend;
  /** Settings for a class. Default `{}`. */
  readonly options?: object;
  /**
   * What receipts and logs call it, up to 64 characters. Default: the name of the class; `TwilioBackend#2` for the second
   * one of a class.
   */
  readonly name?: string;
}

/**
 * Builds one backend of a composite.
 *
 * @param given - The value at this place in the options.
 * @param path - The place, such as `options.backends[0]`.
 * @param faults - Collects validation errors, also those of the backend's own settings.
 * @param known - Further allowed names, beside `backend`, `options` and `name`.
 * @returns `undefined` if there is a validation error.
 */
export function readChild(
  given: unknown,
  path: string,
  faults: string[],
  known: readonly string[] = [],
): Child | undefined {
  const reader = new OptionReader(Object(given), faults, `${path}.`);
  reader.refuseUnknown([...known, 'backend', 'options', 'name']);
  const backend = reader.value('backend');
  const options = reader.object('options');
  const name = readName(reader);
  if (isBackendClass(backend)) {
    const built = build(backend, options, path, faults);
    return built && new Child(path, built, name);
  }
  if (!(backend instanceof BaseBackend || isExisting(backend))) {
    reader.fault('backend', 'must be a class that extends BaseBackend, an instance of one, or { useExisting: token }');
    return undefined;
  }
  if (reader.value('options') !== undefined) reader.fault('options', 'are for a class; this backend is built already');
  return new Child(path, backend, name);
}

/** Width of the column that stores the name. */
const MAX_NAME_LENGTH = 64;

function readName(reader: OptionReader): string | undefined {
  const name = reader.text('name', '');
  if (name.length > MAX_NAME_LENGTH) reader.fault('name', `must have at most ${MAX_NAME_LENGTH} characters`);
  return name === '' ? undefined : name;
}

function isExisting(value: unknown): value is ExistingBackend {
  return typeof value === 'object' && value !== null && 'useExisting' in value && value.useExisting !== undefined;
}

function build(type: BackendClass, options: object, path: string, faults: string[]): BaseBackend<unknown> | undefined {
  if (injectsMore(type)) {
    faults.push(
      `${path}.backend: ${type.name} injects more than its options; provide it in a module and give { useExisting: ${type.name} }`,
    );
    return undefined;
  }
  try {
    checkDevelopmentSettings(type, options);
    return new type(options);
  } catch (error) {
    if (!(error instanceof PhoneVerifyConfigurationError)) throw error;
    faults.push(...faultsInside(path, error));
    return undefined;
  }
}

/** Whether a class injects something beside, or instead of, its options. */
function injectsMore(type: BackendClass): boolean {
  const parameters: unknown[] = Reflect.getMetadata(PARAMETER_TYPES, type) ?? [];
  const declared: { index: number; param: unknown }[] = Reflect.getMetadata(DECLARED_PARAMETERS, type) ?? [];
  const [first] = parameters;
  return (
    Math.max(parameters.length, type.length) > 1 ||
    declared.some(({ param }) => param !== PHONE_VERIFY_BACKEND_OPTIONS) ||
    (typeof first === 'function' && Reflect.hasMetadata(INJECTABLE, first)) ||
    Reflect.hasMetadata(DECLARED_PROPERTIES, type)
  );
}
