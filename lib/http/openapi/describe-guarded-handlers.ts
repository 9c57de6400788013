import type { Type } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';
import { API_HEADERS, API_PARAMETERS } from '../../common/nest-metadata.js';
import { loadOptional } from '../../common/optional-package.js';
import type { GuardedHandler } from '../guarded-routes.js';
import { TOKEN_FIELD, TOKEN_HEADER } from '../phone-requirement.js';
import { object, type Schema } from './bodies.js';
import { EXAMPLE_VERIFICATION_TOKEN } from './examples.js';
import { type ApiParameter, declaresField, isClass, reflectedBody } from './reflected-body.js';

const DESCRIPTION = 'Verification token from the response to `verify`.';

const TOKEN: Schema = { type: 'string', example: EXAMPLE_VERIFICATION_TOKEN };

/** Applications of one process, such as those of tests, share their controllers. */
const described = new WeakSet<object>();

/**
 * Describes what guarded routes require, for `@nestjs/swagger`, where it is installed: the header, or the field of the
 * body beside the other fields of the handler. What the application describes itself stays as it is.
 */
export async function describeGuardedHandlers(handlers: readonly GuardedHandler[]): Promise<void> {
  const swagger = await loadOptional('@nestjs/swagger', () => import('@nestjs/swagger'));
  if (swagger === undefined) return;
  for (const { controller, method, required } of handlers) {
    const handler: object = controller.prototype[method];
    if (described.has(handler)) continue;
    described.add(handler);
    const decorators =
      required.from === 'header'
        ? headerDecorators(swagger, controller, handler)
        : bodyDecorators(swagger, controller, method);
    Reflect.decorate(decorators, controller.prototype, method, { value: handler });
  }
}

function headerDecorators({ ApiHeader }: typeof Swagger, controller: Type, handler: object): MethodDecorator[] {
  const given = [...parametersOf(API_PARAMETERS, handler), ...parametersOf(API_HEADERS, controller)];
  if (given.some((parameter) => parameter.in === 'header' && parameter.name?.toLowerCase() === TOKEN_HEADER)) return [];
  return [ApiHeader({ name: TOKEN_HEADER, description: DESCRIPTION, required: true, schema: TOKEN })];
}

function bodyDecorators(
  { ApiBody, ApiExtraModels, getSchemaPath }: typeof Swagger,
  controller: Type,
  method: string,
): MethodDecorator[] {
  const handler: object = controller.prototype[method];
  const parameters = parametersOf(API_PARAMETERS, handler);
  const body = parameters.find((parameter) => parameter.in === 'body') ?? reflectedBody(controller, method);
  if (body.isArray === true || body.standardSchema !== undefined || declaresField(body, TOKEN_FIELD)) return [];
  const models = isClass(body.type) ? [body.type] : [];
  const others = [...models.map((model) => ({ $ref: getSchemaPath(model) })), ...(body.schema ? [body.schema] : [])];
  const field = object({ [TOKEN_FIELD]: { ...TOKEN, description: DESCRIPTION } });
  // Of two bodies, `@nestjs/swagger` would use the first.
  const withoutBody = parameters.filter((parameter) => parameter.in !== 'body');
  Reflect.defineMetadata(API_PARAMETERS, withoutBody, handler);
  return [
    ApiExtraModels(...models),
    ApiBody({ required: true, schema: others.length === 0 ? field : { allOf: [...others, field] } }),
  ];
}

function parametersOf(key: string, place: object): readonly ApiParameter[] {
  const parameters: readonly ApiParameter[] | undefined = Reflect.getMetadata(key, place);
  return parameters ?? [];
}
