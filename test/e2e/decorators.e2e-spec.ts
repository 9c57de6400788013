import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type INestApplication,
  Module,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { PhoneVerifyModule, SandboxBackend } from '../../lib/index.js';
import { ADAPTERS, type ApplicationOptions, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER, post, register } from '../support/requests.js';

const Public = () => SetMetadata('isPublic', true);

@Injectable()
class ClosedGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride('isPublic', [context.getHandler(), context.getClass()])) return true;
    throw new UnauthorizedException();
  }
}

const closed = (app: INestApplication): void => {
  app.useGlobalGuards(new ClosedGuard(app.get(Reflector)));
};

describe.each(ADAPTERS)('the option decorators on %s', (adapter) => {
  let test: TestApplication;

  async function start(options: ApplicationOptions): Promise<void> {
    test = await startApplication({ adapter, ...options });
  }

  afterEach(() => test.close());

  it('lets the routes through a global guard that closes them otherwise', async () => {
    await start({ configure: closed });
    await register(test.app).expect(401);
    await test.close();

    await start({ configure: closed, phoneVerify: { decorators: [Public()] } });
    const { body } = await register(test.app).expect(200);
    await post(test.app, '/phone/resend', { phone_number: NUMBER, session_token: body.session_token }).expect(200);
    await post(test.app, '/phone/verify', { phone_number: NUMBER }).expect(400);
  });

  it('stands beside the factory of forRootAsync', async () => {
    const module = PhoneVerifyModule.forRootAsync({
      decorators: [Public()],
      useFactory: () => ({ backend: SandboxBackend, appName: 'Acme', cleanup: false, limits: NO_LIMITS }),
    });

    await start({ configure: closed, module });

    await register(test.app).expect(200);
  });

  it('applies the decorators in order, with what their classes inject', async () => {
    const asked: string[] = [];
    @Injectable()
    class Name {
      readonly value = 'second';
    }
    @Module({ providers: [Name], exports: [Name] })
    class NameModule {}
    class FirstGuard implements CanActivate {
      canActivate(): boolean {
        asked.push('first');
        return true;
      }
    }
    @Injectable()
    class SecondGuard implements CanActivate {
      constructor(private readonly name: Name) {}

      canActivate(): boolean {
        asked.push(this.name.value);
        return true;
      }
    }

    await start({
      phoneVerify: { imports: [NameModule], decorators: [UseGuards(FirstGuard), UseGuards(SecondGuard)] },
    });
    await register(test.app).expect(200);

    expect(asked).toEqual(['first', 'second']);
  });
});

it.each([
  ['no list', Public()],
  ['a list with something else', [Public(), 'Public']],
])('an application with faulty decorators does not start: %s', async (_name, decorators) => {
  const options = { backend: SandboxBackend, appName: 'Acme', decorators: decorators as never };

  await expect(startApplication({ module: PhoneVerifyModule.forRoot(options) })).rejects.toMatchObject({
    faults: ['decorators: must be an array of class decorators, such as [Public(), SkipThrottle()]'],
  });
});
