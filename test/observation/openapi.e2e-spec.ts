import { type INestApplication, VersioningType } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import type { Response } from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { BaseBackend, SmsDeliveryError } from '../../lib/index.js';
import { ADAPTERS, type ApplicationOptions, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER, post, register, resend, CORRECT_CODE, verify, WRONG_CODE } from '../support/requests.js';

type RouteName = 'register' | 'resend' | 'verify';

/** Every code of every route. */
const CODES = {
  register: [
    'media_type_unsupported',
    'phone_number_invalid',
    'phone_number_not_allowed',
    'rate_limited',
    'request_invalid',
    'service_unavailable',
    'sms_delivery_failed',
  ],
  resend: [
    'media_type_unsupported',
    'phone_number_invalid',
    'phone_number_not_allowed',
    'rate_limited',
    'request_invalid',
    'security_code_expired',
    'security_code_invalid',
    'security_code_too_many_attempts',
    'security_code_verified',
    'service_unavailable',
    'sms_delivery_failed',
  ],
  verify: [
    'media_type_unsupported',
    'phone_number_invalid',
    'request_invalid',
    'security_code_expired',
    'security_code_invalid',
    'security_code_too_many_attempts',
    'security_code_verified',
    'service_unavailable',
  ],
} satisfies Record<RouteName, string[]>;

class UnavailableBackend extends BaseBackend {
  async sendSms(): Promise<void> {
    throw new SmsDeliveryError('unavailable', 'out of order');
  }
}

describe('the OpenAPI document', () => {
  let test: TestApplication;
  let document: OpenAPIObject;

  /** Builds the document where applications do: before they listen. */
  async function start(options: ApplicationOptions = {}): Promise<void> {
    const configure = (app: INestApplication): void => {
      options.configure?.(app);
      document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Acme').build());
    };
    test = await startApplication({ ...options, configure });
  }

  function operation(name: RouteName, prefix = '/phone') {
    const found = document.paths[`${prefix}/${name}`]?.post;
    if (found === undefined) throw new Error(`${prefix}/${name} is not described`);
    return found;
  }

  /** What the document says of an answer, under its status. */
  function mediaOf(name: RouteName, status: number) {
    const response = operation(name).responses[status];
    return response && 'content' in response ? response.content?.['application/json'] : undefined;
  }

  /** Faults of a body, by the schema that the document has for it. */
  function faultsOf(name: RouteName, status: number, body: unknown): unknown {
    const schema = mediaOf(name, status)?.schema;
    if (schema === undefined) return `${name} ${status} is not described`;
    const ajv = new Ajv({ strict: false, allErrors: true });
    // What a body has beyond the description is a fault too.
    return ajv.validate({ ...schema, additionalProperties: false }, body) ? [] : ajv.errors;
  }

  afterEach(() => test.close());

  it.each(ADAPTERS)('is valid on %s, and has the routes at their paths', async (adapter) => {
    await start({
      adapter,
      phoneVerify: { isGlobal: true, path: 'tel' },
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });

    expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    expect(Object.keys(document.paths)).toEqual(['/api/tel/register', '/api/tel/resend', '/api/tel/verify']);
    for (const name of Object.keys(CODES) as RouteName[]) {
      expect(operation(name, '/api/tel')).toMatchObject({
        tags: ['Phone verification'],
        operationId: `PhoneVerifyController_${name}`,
        summary: expect.any(String),
        description: expect.any(String),
      });
    }
    await post(test.app, '/api/tel/register', { phone_number: NUMBER }).expect(200);
  });

  it('describes the request bodies, with examples', async () => {
    await start();

    const fields = (Object.keys(CODES) as RouteName[]).map((name) => {
      const { requestBody } = operation(name);
      return requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined;
    });
    const phone_number = { type: 'string', maxLength: 32, example: NUMBER };
    const session_token = { type: 'string', maxLength: 64, example: expect.stringMatching(/^[\w-]{43}$/) };
    const security_code = { type: 'string', maxLength: 64, example: '123456' };
    expect(fields).toMatchObject([
      { required: ['phone_number'], properties: { phone_number } },
      { required: ['phone_number', 'session_token'], properties: { phone_number, session_token } },
      {
        required: ['phone_number', 'session_token', 'security_code'],
        properties: { phone_number, session_token, security_code },
      },
    ]);
    expect(
      fields.map((schema) => Object.keys(schema && 'properties' in schema ? (schema.properties ?? {}) : {}).length),
    ).toEqual([1, 2, 3]);
  });

  it('has an example for every code of every route, which its schema accepts', async () => {
    await start();

    for (const name of Object.keys(CODES) as RouteName[]) {
      const statuses = Object.keys(operation(name).responses).map(Number);
      const examples = statuses.flatMap((status) => Object.entries(mediaOf(name, status)?.examples ?? {}));
      expect(examples.map(([code]) => code).toSorted()).toEqual(CODES[name]);
      for (const [code, example] of examples) {
        const value = 'value' in example ? example.value : undefined;
        expect(value).toMatchObject({ code });
        expect(faultsOf(name, value.statusCode, value)).toEqual([]);
      }
    }
  });

  it('describes the headers', async () => {
    await start();

    const { responses, parameters } = operation('register');
    expect(parameters).toMatchObject([{ name: 'Accept-Language', in: 'header', required: false }]);
    expect(responses[429]).toMatchObject({ headers: { 'Retry-After': {}, 'Cache-Control': {} } });
    expect(operation('verify').parameters).toEqual([]);
    expect(operation('verify').responses[200]).toMatchObject({ headers: { 'Cache-Control': {} } });
  });

  it('describes each response as it is', async () => {
    await start({ phoneVerify: { numbers: { allowedCountries: ['US'] } } });
    const sent = await register(test.app).expect(200);
    const token = sent.body.session_token;
    const answers: [RouteName, Response][] = [
      ['register', sent],
      ['register', await register(test.app, '+1')],
      ['register', await register(test.app, '+447911123456')],
      ['register', await post(test.app, '/phone/register', {})],
      ['register', await register(test.app).type('form')],
      ['resend', await resend(test.app, NUMBER, token)],
      ['resend', await resend(test.app, NUMBER, 'unknown')],
      ['verify', await verify(test.app, NUMBER, token, WRONG_CODE)],
      ['verify', await verify(test.app, NUMBER, token, CORRECT_CODE)],
      ['verify', await verify(test.app, NUMBER, token, CORRECT_CODE)],
    ];
    await test.dataSource.query('DROP TABLE sms_verification');
    answers.push(['verify', await verify(test.app, NUMBER, token, CORRECT_CODE)]);

    expect(new Set(answers.map(([, { status }]) => status))).toEqual(new Set([200, 400, 415, 503]));
    for (const [name, { status, body }] of answers) expect(faultsOf(name, status, body)).toEqual([]);
  });

  it('describes the response of a rate limit', async () => {
    await start({ phoneVerify: { limits: { ...NO_LIMITS, resendAfter: 30 } } });
    await register(test.app).expect(200);

    const { body, headers } = await register(test.app).expect(429);

    expect(faultsOf('register', 429, body)).toEqual([]);
    expect(headers['retry-after']).toBe(String(body.retry_after));
  });

  it('lists the purposes of the module', async () => {
    await start({ phoneVerify: { purposes: ['login', 'payment'] } });

    for (const name of Object.keys(CODES) as RouteName[]) {
      const { requestBody } = operation(name);
      expect(requestBody).toMatchObject({
        content: { 'application/json': { schema: { properties: { purpose: { enum: ['', 'login', 'payment'] } } } } },
      });
    }
    await post(test.app, '/phone/register', { phone_number: NUMBER, purpose: 'login' }).expect(200);
  });

  it('describes the response to a message that was not sent', async () => {
    await start({ phoneVerify: { backend: UnavailableBackend } });

    const { body } = await register(test.app).expect(502);

    expect(Object.keys(body)).toContain('session_token');
    expect(faultsOf('register', 502, body)).toEqual([]);
    const again = await resend(test.app, NUMBER, body.session_token).expect(502);
    expect(faultsOf('resend', 502, again.body)).toEqual([]);
  });

  it('is the same in each application of a process', async () => {
    await start();
    const first = document;
    await test.close();
    await start();

    expect(document).toEqual(first);
  });

  it('omits routes that do not exist', async () => {
    await start({ phoneVerify: { controllers: false } });

    expect(document.paths).toEqual({});
  });
});
