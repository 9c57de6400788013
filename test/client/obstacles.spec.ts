import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  type INestApplication,
  type NestInterceptor,
  UnauthorizedException,
} from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { PhoneVerifyClient } from '../../lib/client/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { NUMBER } from '../support/requests.js';

class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

class RefusingGuard implements CanActivate {
  constructor(private readonly error: HttpException) {}

  canActivate(): boolean {
    throw this.error;
  }
}

function guardedBy(error: HttpException): (app: INestApplication) => void {
  return (app) => {
    app.useGlobalGuards(new RefusingGuard(error));
  };
}

let test: TestApplication;

afterEach(() => test.close());

async function messageOfRegister(path = '/phone'): Promise<unknown> {
  const client = new PhoneVerifyClient({ baseUrl: (await test.app.getUrl()) + path, storage: null });
  const error: unknown = await client.register(NUMBER).catch((thrown: unknown) => thrown);
  return error instanceof Error && error.message;
}

it.each([
  ['a guard that requires a login', guardedBy(new UnauthorizedException()), 'requires a login: exempt'],
  ['a guard that forbids', guardedBy(new ForbiddenException()), 'refused the request: exempt'],
  ['a throttler', guardedBy(new HttpException('Too Many Requests', 429)), 'Another rate limiter refused'],
  [
    'an interceptor that wraps responses',
    (app: INestApplication) => {
      app.useGlobalInterceptors(new EnvelopeInterceptor());
    },
    'wraps responses in `data`: exempt',
  ],
])(
  'the client names %s of the application, and the option that exempts the routes',
  async (_name, configure, cause) => {
    test = await startApplication({ configure });

    const message = await messageOfRegister();

    expect(message).toContain(cause);
    expect(message).toContain('with the option `decorators` of PhoneVerifyModule');
  },
);

it('the client names the base URL where the application has a prefix', async () => {
  test = await startApplication({ configure: (app) => app.setGlobalPrefix('api') });

  expect(await messageOfRegister()).toContain('The route does not exist at this URL. Check `baseUrl`');
  expect(await messageOfRegister('/api/phone')).toBe(false);
});
