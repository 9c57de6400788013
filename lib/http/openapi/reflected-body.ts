import type { Type } from '@nestjs/common';
import { API_PROPERTY_NAMES, PARAMETER_TYPES, ROUTE_ARGUMENTS } from '../../common/nest-metadata.js';
import type { Schema } from './bodies.js';

/** A parameter or body, as the decorators of `@nestjs/swagger` describe it. */
export interface ApiParameter {
  readonly in?: string;
  readonly name?: string;
  readonly type?: unknown;
  readonly isArray?: boolean;
  readonly schema?: Schema;
  /** A schema of the body's validator, which has its own description. */
  readonly standardSchema?: unknown;
}

/** A parameter of a handler, as Nest's decorators describe it. */
interface RouteArgument {
  readonly index: number;
  /** The name of one field: `@Body('name')`. */
  readonly data?: unknown;
  readonly schema?: unknown;
}

/** Key of `@Body()` among the parameters: `RouteParamtypes.BODY` of Nest. */
const BODY = '3:';

/** What TypeScript writes into the metadata for a type that is no class. */
const NO_CLASSES: ReadonlySet<unknown> = new Set([Object, Array, String, Number, Boolean]);

/** The body that `@nestjs/swagger` finds in the parameters of a handler; empty if there is none. */
export function reflectedBody(controller: Type, method: string): ApiParameter {
  const routeArguments: Readonly<Record<string, RouteArgument>> =
    Reflect.getMetadata(ROUTE_ARGUMENTS, controller, method) ?? {};
  const types: readonly unknown[] = Reflect.getMetadata(PARAMETER_TYPES, controller.prototype, method) ?? [];
  const [, body] =
    Object.entries(routeArguments).find(([key, { data }]) => key.startsWith(BODY) && data === undefined) ?? [];
  return body === undefined ? {} : { type: types[body.index], standardSchema: body.schema };
}

/** Whether the class of a body describes a field, by decorators or by the plugin of `@nestjs/swagger`. */
export function declaresField({ type }: ApiParameter, field: string): boolean {
  if (!isClass(type)) return false;
  const names: readonly string[] = Reflect.getMetadata(API_PROPERTY_NAMES, type.prototype) ?? [];
  const plugin: unknown = Reflect.get(type, '_OPENAPI_METADATA_FACTORY');
  const added: unknown = typeof plugin === 'function' ? plugin() : undefined;
  return names.includes(`:${field}`) || (typeof added === 'object' && added !== null && field in added);
}

/** Whether a type of the metadata is a class of the application. */
export function isClass(type: unknown): type is Type {
  return typeof type === 'function' && !NO_CLASSES.has(type);
}
