import { Body, Controller, Get, Module, Post, Put } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiProperty, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequireVerifiedPhone, VerifiedPhone } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';

class Order {
  @ApiProperty()
  amount!: number;
}

class OrderWithToken {
  @ApiProperty()
  amount!: number;

  @ApiProperty({ description: 'Described by the application.' })
  verification_token!: string;
}

/** What the plugin of `@nestjs/swagger` makes of a class with the field. */
class CompiledOrder {
  static _OPENAPI_METADATA_FACTORY(): object {
    return { verification_token: { required: true, type: () => String } };
  }
}

interface Untyped {
  readonly amount: number;
}

const anything = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } };

@Controller('orders')
class OrdersController {
  @Post('header')
  @RequireVerifiedPhone({ from: 'header' })
  header(@Body() order: Order): Order {
    return order;
  }

  @Post('own-header')
  @RequireVerifiedPhone({ from: 'header' })
  @ApiHeader({ name: 'X-Phone-Verification-Token', description: 'Described by the application.' })
  ownHeader(): void {}

  @Post('none')
  @RequireVerifiedPhone()
  none(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return phone;
  }

  @Post('class')
  @RequireVerifiedPhone()
  class(@VerifiedPhone() _phone: VerifiedPhone, @Body() order: Order): Order {
    return order;
  }

  @Post('interface')
  @RequireVerifiedPhone()
  interface(@Body() order: Untyped): Untyped {
    return order;
  }

  @Post('field')
  @RequireVerifiedPhone()
  field(@Body('order') order: Order): Order {
    return order;
  }

  @Post('declared')
  @RequireVerifiedPhone()
  declared(@Body() order: OrderWithToken): OrderWithToken {
    return order;
  }

  @Post('compiled')
  @RequireVerifiedPhone()
  compiled(@Body() order: CompiledOrder): CompiledOrder {
    return order;
  }

  @Post('described-class')
  @ApiBody({ type: Order })
  @RequireVerifiedPhone()
  describedClass(@Body() order: Untyped): Untyped {
    return order;
  }

  @Post('described-schema')
  @ApiBody({ schema: { type: 'object', properties: { amount: { type: 'number' } } } })
  @RequireVerifiedPhone()
  describedSchema(@Body() order: Order): Order {
    return order;
  }

  @Post('list')
  @ApiBody({ type: [Order] })
  @RequireVerifiedPhone({ consume: true })
  list(@Body() orders: Order[]): Order[] {
    return orders;
  }

  @Post('validated')
  @RequireVerifiedPhone()
  validated(@Body({ schema: anything }) order: Untyped): Untyped {
    return order;
  }

  @Post('open')
  open(@Body() order: Order): Order {
    return order;
  }
}

@Controller('account')
@RequireVerifiedPhone({ from: 'header' })
class AccountController {
  @Get()
  read(): void {}

  @Put()
  @RequireVerifiedPhone()
  change(): void {}
}

@Module({ controllers: [OrdersController, AccountController] })
class OrdersModule {}

const FIELD = {
  type: 'object',
  required: ['verification_token'],
  properties: {
    verification_token: {
      type: 'string',
      description: 'Verification token from the response to `verify`.',
      example: expect.any(String),
    },
  },
};

const HEADER = {
  name: 'x-phone-verification-token',
  in: 'header',
  required: true,
  description: 'Verification token from the response to `verify`.',
  schema: { type: 'string', example: expect.any(String) },
};

const ORDER = { $ref: '#/components/schemas/Order' };

describe.each([true, false])('the description of guarded routes (controllers: %s)', (controllers) => {
  describe.each(ADAPTERS)('on %s', (adapter) => {
    let test: TestApplication;
    let document: OpenAPIObject;

    beforeAll(async () => {
      test = await startApplication({
        adapter,
        phoneVerify: { isGlobal: true, controllers },
        imports: [OrdersModule],
        configure: (app) => {
          document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Acme').build());
        },
      });
    });

    afterAll(() => test.close());

    function operation(path: string, method: 'post' | 'get' | 'put' = 'post') {
      const found = document.paths[path]?.[method];
      if (found === undefined) throw new Error(`${path} is not described`);
      return found;
    }

    function bodyOf(path: string, method?: 'post' | 'put'): unknown {
      const { requestBody } = operation(path, method);
      return requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined;
    }

    it('is valid', async () => {
      expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    });

    it('has the header, and leaves the body', () => {
      expect(operation('/orders/header').parameters).toEqual([HEADER]);
      expect(bodyOf('/orders/header')).toEqual(ORDER);
    });

    it('leaves a header that the application describes', () => {
      expect(operation('/orders/own-header').parameters).toMatchObject([
        { name: 'X-Phone-Verification-Token', description: 'Described by the application.' },
      ]);
    });

    it.each(['none', 'interface', 'field'])('has the field of a body without another description: %s', (route) => {
      expect(bodyOf(`/orders/${route}`)).toEqual(FIELD);
      expect(operation(`/orders/${route}`).parameters).toEqual([]);
    });

    it.each(['class', 'described-class'])('has the field beside the class of the body: %s', (route) => {
      expect(bodyOf(`/orders/${route}`)).toEqual({ allOf: [ORDER, FIELD] });
      expect(document.components?.schemas).toHaveProperty('Order.properties.amount');
    });

    it('has the field beside the schema of the body', () => {
      const schema = { type: 'object', properties: { amount: { type: 'number' } } };

      expect(bodyOf('/orders/described-schema')).toEqual({ allOf: [schema, FIELD] });
    });

    it('leaves a body that describes the field itself', () => {
      expect(bodyOf('/orders/declared')).toEqual({ $ref: '#/components/schemas/OrderWithToken' });
      expect(bodyOf('/orders/compiled')).toEqual({ $ref: '#/components/schemas/CompiledOrder' });
    });

    it('leaves a body that is a list or has a schema of its validator', () => {
      expect(bodyOf('/orders/list')).toEqual({ type: 'array', items: ORDER });
      expect(JSON.stringify(bodyOf('/orders/validated') ?? {})).not.toContain('verification_token');
    });

    it('leaves a route that requires nothing', () => {
      expect(bodyOf('/orders/open')).toEqual(ORDER);
      expect(operation('/orders/open').parameters).toEqual([]);
    });

    it("follows a class's requirement, and a handler's own", () => {
      expect(operation('/account', 'get').parameters).toEqual([HEADER]);
      expect(operation('/account', 'put').parameters).toEqual([]);
      expect(bodyOf('/account', 'put')).toEqual(FIELD);
    });
  });
});
