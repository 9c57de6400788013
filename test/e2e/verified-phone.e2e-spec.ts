import {
  type ArgumentsHost,
  Body,
  type CanActivate,
  Catch,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  HttpException,
  Injectable,
  Module,
  Next,
  Post,
  UnauthorizedException,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { IsIn } from 'class-validator';
import request, { type Response, type Test } from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  PhoneNotVerifiedException,
  PhoneVerifyModule,
  RequireVerifiedPhone,
  SandboxBackend,
  StorageUnavailableError,
  VerifiedPhone,
} from '../../lib/index.js';
import { VerifiedPhoneGuard } from '../../lib/http/verified-phone.guard.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { GuardedModule, Handled, TOKEN_HEADER, PURPOSES } from '../support/guarded-routes.js';
import { RecordedLogs } from '../support/logs.js';
import { obtainToken } from '../support/verification-tokens.js';
import { NUMBER, OTHER_NUMBER, post } from '../support/requests.js';

const REFUSED = {
  statusCode: 403,
  error: 'Forbidden',
  message: 'A verified phone number is required.',
  code: 'phone_not_verified',
};

const UNAVAILABLE = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'Service temporarily unavailable.',
  code: 'service_unavailable',
};

function expectRefused({ status, body, headers }: Response): void {
  expect({ status, body }).toEqual({ status: 403, body: REFUSED });
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['www-authenticate']).toBeUndefined();
}

describe.each(ADAPTERS)('routes that require a verified phone, on %s', (adapter) => {
  let test: TestApplication;
  let handled: Handled;

  beforeAll(async () => {
    test = await startApplication({
      adapter,
      phoneVerify: { isGlobal: true, purposes: PURPOSES, storage: { timeoutMs: 200 } },
      imports: [GuardedModule],
    });
    handled = test.app.get(Handled);
  });

  beforeEach(() => {
    handled.phones.length = 0;
  });

  afterEach(() => vi.restoreAllMocks());

  afterAll(() => test.close());

  function show(path: string, verification_token: unknown): Test {
    return post(test.app, path, { verification_token });
  }

  function showInHeader(path: string, verificationToken: string): Test {
    return request(test.app.getHttpServer()).post(path).set(TOKEN_HEADER, verificationToken);
  }

  function phone(purpose = ''): object {
    return { phoneNumber: NUMBER, verifiedAt: new Date(test.clock.now()).toISOString(), purpose };
  }

  it('accept a verification token repeatedly, and inject its number', async () => {
    const verificationToken = await obtainToken(test);

    for (let time = 0; time < 3; time++) {
      const { status, body } = await show('/account/number', verificationToken);
      expect({ status, body }).toEqual({ status: 201, body: phone() });
    }
    expect(handled.phones[0]).toEqual({ phoneNumber: NUMBER, verifiedAt: expect.any(Date), purpose: '' });
  });

  it('accept a verification token once if they consume it', async () => {
    const verificationToken = await obtainToken(test);

    expect((await show('/account/once', verificationToken)).body).toEqual(phone());
    expectRefused(await show('/account/once', verificationToken));
    expectRefused(await show('/account/number', verificationToken));
    expect(handled.phones).toHaveLength(1);
  });

  it('accept one of twenty parallel requests with one verification token', async () => {
    const verificationToken = await obtainToken(test);

    const responses = await Promise.all(Array.from({ length: 20 }, () => show('/account/once', verificationToken)));

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 201)) expectRefused(response);
    expect(handled.phones).toHaveLength(1);
  });

  it('use the number of the verification token, whatever the request contains', async () => {
    const verification_token = await obtainToken(test);
    const claimed = { phone_number: OTHER_NUMBER, phoneNumber: OTHER_NUMBER, verified_phone: OTHER_NUMBER };

    const { body } = await post(test.app, '/account/number', { verification_token, ...claimed, phone: claimed });

    expect(body.phoneNumber).toBe(NUMBER);
  });

  it.each([
    ['none', undefined],
    ['null', null],
    ['a number', 7],
    ['true', true],
    ['a list', ['x']],
    ['an object', { $ne: '' }],
    ['an empty one', ''],
    ['an unknown one', 'A'.repeat(43)],
    ['a short one', 'A'.repeat(42)],
    ['one of ten kilobytes', 'A'.repeat(10_240)],
    ['one with NUL', `${'A'.repeat(42)}\0`],
    ['one of SQL', `' OR ''='${'A'.repeat(34)}`],
  ])('refuse %s', async (_name, verificationToken) => {
    expectRefused(await show('/account/number', verificationToken));
    expectRefused(await show('/account/once', verificationToken));
    expect(handled.phones).toEqual([]);
  });

  it('refuse a verification token that was cut, recased, padded or put into an array', async () => {
    const verificationToken = await obtainToken(test);
    const recased = verificationToken.replace(/[a-z]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );

    for (const other of [
      verificationToken.slice(0, -1),
      `${verificationToken}=`,
      ` ${verificationToken}`,
      `${verificationToken}\n`,
      recased,
      [verificationToken],
      { 0: verificationToken },
    ]) {
      expectRefused(await show('/account/number', other));
    }
    expect((await show('/account/number', verificationToken)).status).toBe(201);
  });

  it('refuse a session token', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    expectRefused(await show('/account/number', sessionToken));
  });

  it('refuse a verification token that is too old by one millisecond', async () => {
    const verificationToken = await obtainToken(test);
    const verifiedAt = test.clock.now();

    test.clock.set(verifiedAt + 60_000 - 1);
    expect((await show('/account/soon', verificationToken)).status).toBe(201);
    test.clock.set(verifiedAt + 60_000);
    expectRefused(await show('/account/soon', verificationToken));
    test.clock.set(verifiedAt + 900_000 - 1);
    expect((await show('/account/number', verificationToken)).status).toBe(201);
    test.clock.set(verifiedAt + 900_000);
    expectRefused(await show('/account/number', verificationToken));
    expectRefused(await show('/account/once', verificationToken));
  });

  it('refuse a verification token that is too old without consuming it', async () => {
    const verificationToken = await obtainToken(test, 'change-phone');
    const verifiedAt = test.clock.now();

    test.clock.set(verifiedAt + 60_000);
    expectRefused(await showInHeader('/account/change', verificationToken));
    expect(await test.service.getVerifiedPhone(verificationToken, { purpose: 'change-phone' })).not.toBeNull();
    test.clock.set(verifiedAt + 60_000 - 1);
    expect((await showInHeader('/account/change', verificationToken)).status).toBe(201);
  });

  it('refuse a verification token for another purpose without consuming it', async () => {
    const login = await obtainToken(test, 'login');
    const change = await obtainToken(test, 'change-phone');
    const plain = await obtainToken(test);

    for (const verificationToken of [login, plain])
      expectRefused(await showInHeader('/account/change', verificationToken));
    for (const verificationToken of [change, plain])
      expectRefused(await showInHeader('/account/login', verificationToken));
    for (const verificationToken of [login, change]) expectRefused(await show('/account/once', verificationToken));

    expect((await showInHeader('/account/login', login)).body).toEqual(phone('login'));
    expect((await showInHeader('/account/change', change)).body).toEqual(phone('change-phone'));
    expect((await show('/account/once', plain)).body).toEqual(phone());
  });

  it('accept a verification token only in the place that they name', async () => {
    const verificationToken = await obtainToken(test);
    const login = await obtainToken(test, 'login');

    expectRefused(await showInHeader('/account/number', verificationToken));
    expectRefused(await show('/account/login', login));
    expectRefused(
      await request(test.app.getHttpServer()).post('/account/number').query({ verification_token: verificationToken }),
    );
    expect((await show('/account/number', verificationToken).set(TOKEN_HEADER, 'other')).status).toBe(201);
    expect((await showInHeader('/account/login', login).send({ verification_token: 'other' })).status).toBe(201);
  });

  it('refuse a header that is given twice', async () => {
    const verificationToken = await obtainToken(test, 'login');
    const twice = (value: string) =>
      request(test.app.getHttpServer())
        .post('/account/login')
        .set(TOKEN_HEADER, [verificationToken, value] as never);

    expectRefused(await twice(verificationToken));
    expectRefused(await twice(''));
    expectRefused(await showInHeader('/account/login', `${verificationToken}, ${verificationToken}`));
    expect((await showInHeader('/account/login', ` ${verificationToken}`)).status).toBe(201);
  });

  it('refuse a verification token that the body inherits', async () => {
    const verificationToken = await obtainToken(test);
    const { status } = await post(test.app, '/account/number', {})
      .type('json')
      .send(`{"__proto__":{"verification_token":"${verificationToken}"}}`);

    // The adapter itself may refuse this key.
    expect([400, 403]).toContain(status);
    expect(handled.phones).toEqual([]);
  });

  it.each(['null', '[]', '"text"', '7'])('refuse the body %s', async (text) => {
    const { status } = await post(test.app, '/account/number', {}).type('json').send(text);

    expect([400, 403]).toContain(status);
    expect(handled.phones).toEqual([]);
  });

  it('refuse a form, which another site could post', async () => {
    const verificationToken = await obtainToken(test);

    expectRefused(await show('/account/number', verificationToken).type('form'));
    expectRefused(await show('/account/once', verificationToken).type('form'));
    expect((await show('/account/once', verificationToken).type('application/json; charset=utf-8')).status).toBe(201);
    expect(
      (
        await showInHeader('/account/login', await obtainToken(test, 'login'))
          .type('form')
          .send({})
      ).status,
    ).toBe(201);
  });

  it('refuse a request without a body', async () => {
    expectRefused(await request(test.app.getHttpServer()).get('/account/number'));
    expectRefused(await request(test.app.getHttpServer()).post('/account/number'));
  });

  it('share the requirement of their class, which is checked once, unless they have their own', async () => {
    const login = await obtainToken(test, 'login');
    const plain = await obtainToken(test);
    const server = test.app.getHttpServer();

    expectRefused(await show('/settings', login));
    expectRefused(await showInHeader('/settings', login));
    expect((await request(server).get('/settings').set(TOKEN_HEADER, login)).body).toEqual(phone('login'));
    expectRefused(await request(server).get('/settings').set(TOKEN_HEADER, login));
    expect((await show('/settings', plain)).body).toEqual(phone());
    expectRefused(await show('/settings', plain));
  });

  it('respond with 503 while the database cannot be reached, and accept the verification token later', async () => {
    const verificationToken = await obtainToken(test);
    const failure = new StorageUnavailableError({ cause: new Error('gone') });
    const { service } = test;

    vi.spyOn(service, 'getVerifiedPhone').mockRejectedValue(failure);
    vi.spyOn(service, 'consumeVerifiedPhone').mockRejectedValue(failure);
    for (const path of ['/account/number', '/account/once']) {
      const { status, body, headers } = await show(path, verificationToken);
      expect({ status, body }).toEqual({ status: 503, body: UNAVAILABLE });
      expect(headers['cache-control']).toBe('no-store');
    }
    expectRefused(await show('/account/once', 'malformed'));
    vi.restoreAllMocks();

    expect((await show('/account/once', verificationToken)).status).toBe(201);
  });

  it('leave unexpected errors to Nest', async () => {
    vi.spyOn(test.service, 'getVerifiedPhone').mockRejectedValue(new Error(`a fault with ${NUMBER}`));

    const { status, text } = await show('/account/number', await obtainToken(test));

    expect(status).toBe(500);
    expect(text).not.toContain(NUMBER);
  });
});

class TransferRequest {
  @IsIn(['all'])
  amount!: string;
}

/** Refuses requests without an `Authorization` header. */
class SignedInGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest().headers['authorization'] === undefined) throw new UnauthorizedException();
    return true;
  }
}

@Controller('transfer')
class TransferController {
  @Post('checked-last')
  @RequireVerifiedPhone({ consume: true, from: 'header' })
  @UseGuards(SignedInGuard)
  checkedLast(@VerifiedPhone() phone: VerifiedPhone, @Body() { amount }: TransferRequest): string {
    return `${amount} of ${phone.phoneNumber}`;
  }

  @Post('checked-first')
  @UseGuards(SignedInGuard)
  @RequireVerifiedPhone({ consume: true, from: 'header' })
  checkedFirst(@VerifiedPhone() phone: VerifiedPhone): string {
    return phone.phoneNumber;
  }
}

@Module({ controllers: [TransferController] })
class TransferModule {}

describe.each(ADAPTERS)('a verification token on a route with other guards and pipes, on %s', (adapter) => {
  it('is checked after the guards written below, and before the pipes', async () => {
    const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, validateCustomDecorators: true });
    const test = await startApplication({
      adapter,
      phoneVerify: { isGlobal: true },
      imports: [TransferModule],
      configure: (app) => app.useGlobalPipes(pipe),
    });
    const transfer = (path: string, verificationToken: string, body: object) =>
      post(test.app, `/transfer/${path}`, body).set(TOKEN_HEADER, verificationToken);

    const verificationToken = await obtainToken(test);
    await transfer('checked-last', verificationToken, { amount: 'all' }).expect(401);
    expectRefused(await transfer('checked-last', 'none', { amount: '' }).set('authorization', 'me'));
    const { text } = await transfer('checked-last', verificationToken, { amount: 'all' })
      .set('authorization', 'me')
      .expect(201);
    expect(text).toBe(`all of ${NUMBER}`);
    const spent = await obtainToken(test);
    await transfer('checked-first', spent, {}).expect(401);
    expectRefused(await transfer('checked-first', spent, {}).set('authorization', 'me'));
    const wasted = await obtainToken(test);
    await transfer('checked-last', wasted, { amount: 'some' }).set('authorization', 'me').expect(400);
    expectRefused(await transfer('checked-last', wasted, { amount: 'all' }).set('authorization', 'me'));

    await test.close();
  });
});

describe('a module with guarded routes', () => {
  async function startWith(imports: NonNullable<DynamicModule['imports']>, module?: DynamicModule) {
    return startApplication({ imports, ...(module && { module }) });
  }

  it('gets the service by importing the module that exports it', async () => {
    const phones = PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', cleanup: false });
    @Module({ imports: [phones], exports: [PhoneVerifyModule] })
    class PhonesModule {}
    @Module({ imports: [PhonesModule], controllers: [TransferController] })
    class FeatureModule {}
    const test = await startWith([FeatureModule], { module: PhonesModule });

    const verificationToken = await obtainToken(test);
    const { text } = await post(test.app, '/transfer/checked-first', {})
      .set(TOKEN_HEADER, verificationToken)
      .set('authorization', 'me');

    expect(text).toBe(NUMBER);
    await test.close();
  });

  it('does not start if it cannot inject the service', async () => {
    await expect(startWith([TransferModule])).rejects.toThrow(
      /VerifiedPhoneGuard .*PhoneVerificationService at index \[0\] is available in the TransferModule/,
    );
  });
});

@Controller('stages')
class StagesController {
  @Post()
  @RequireVerifiedPhone()
  first(@Next() next: () => void): void {
    next();
  }
}

@Controller('stages')
class LastStageController {
  @Post()
  @RequireVerifiedPhone({ purpose: 'login', from: 'header' })
  last(@VerifiedPhone() phone: VerifiedPhone): string {
    return phone.purpose;
  }
}

it('a handler that forwards a request does not meet the requirement of the next one', async () => {
  @Module({ controllers: [StagesController, LastStageController] })
  class StagesModule {}
  const test = await startApplication({
    phoneVerify: { isGlobal: true, purposes: PURPOSES },
    imports: [StagesModule],
  });
  const verification_token = await obtainToken(test);
  const login = await obtainToken(test, 'login');

  expectRefused(await post(test.app, '/stages', { verification_token }));
  expect((await post(test.app, '/stages', { verification_token }).set(TOKEN_HEADER, login)).text).toBe('login');

  await test.close();
});

it("the application's own filter sees a refusal, and can change its format", async () => {
  @Catch(HttpException)
  class ReshapingFilter implements ExceptionFilter<HttpException> {
    catch(error: HttpException, host: ArgumentsHost): void {
      const isRefusal = error instanceof PhoneNotVerifiedException;
      host
        .switchToHttp()
        .getResponse()
        .status(error.getStatus())
        .json({ isRefusal, code: 'code' in error && error.code });
    }
  }
  const test = await startApplication({
    phoneVerify: { isGlobal: true, purposes: PURPOSES },
    imports: [GuardedModule],
    configure: (app) => app.useGlobalFilters(new ReshapingFilter()),
  });

  const { status, body, headers } = await post(test.app, '/account/number', {});

  expect({ status, body }).toEqual({ status: 403, body: { isRefusal: true, code: 'phone_not_verified' } });
  expect(headers['cache-control']).toBe('no-store');
  await test.close();
});

describe('a protected handler outside HTTP', () => {
  it('refuses every call, and logs why', async () => {
    const logs = new RecordedLogs();
    @Injectable()
    class PhonesResolver {
      @RequireVerifiedPhone()
      query(): void {}
    }
    const test = await startApplication({
      phoneVerify: { isGlobal: true, purposes: PURPOSES },
      imports: [GuardedModule],
      logger: logs,
    });
    const context: Partial<ExecutionContext> = {
      getType: () => 'graphql' as never,
      getClass: () => PhonesResolver as never,
      getHandler: () => PhonesResolver.prototype.query,
    };
    const guard = test.app.get(VerifiedPhoneGuard, { strict: false });

    await expect(guard.canActivate(context as ExecutionContext)).rejects.toThrow(PhoneNotVerifiedException);

    expect(logs.text).toContain('works on HTTP routes only. On PhonesResolver.query it refuses every call');
    await test.close();
  });
});
