import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import {
  FailoverBackend,
  PhoneVerifyConfigurationError,
  RoutingBackend,
  SandboxBackend,
  SmsDeliveryError,
} from '../../lib/index.js';
import { PhoneVerifyHealthIndicator } from '../../lib/terminus/index.js';
import { type Adapter, ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { backendThat } from '../support/failing-backends.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly phones: PhoneVerifyHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.phones.isHealthy('phones')]);
  }
}

const health = {
  module: class Health {},
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [PhoneVerifyHealthIndicator],
};

class UnavailableBackend extends backendThat(() => {
  throw new SmsDeliveryError('unavailable', 'out of order');
}) {}

class PausingBackend extends backendThat(() => {
  throw new SmsDeliveryError('throttled', 'later', { retryAfterSeconds: 60 });
}) {}

describe('the health of an application', () => {
  let test: TestApplication;

  async function check(): Promise<{ status: number; phones: object; text: string }> {
    const { status, body, text } = await request(test.app.getHttpServer()).get('/health');
    return { status, phones: body.details.phones, text };
  }

  afterEach(() => test.close());

  it.each(ADAPTERS)('is up on %s, without a message', async (adapter: Adapter) => {
    test = await startApplication({ adapter, imports: [health] });

    expect(await check()).toMatchObject({
      status: 200,
      phones: { status: 'up', database: 'up', limits: 'up', openBreakers: [] },
    });
    expect(test.sandbox.outbox).toEqual([]);
    expect(await test.dataSource.query('SELECT * FROM sms_verification')).toEqual([]);
  });

  it.each([
    ['the table is gone', () => test.dataSource.query('DROP TABLE sms_verification')],
    ['the database is gone', () => test.dataSource.destroy()],
  ])('is down when %s, without details', async (_what, breakDown) => {
    test = await startApplication({ imports: [health] });
    await breakDown();

    const { status, phones, text } = await check();
    expect({ status, phones }).toMatchObject({ status: 503, phones: { status: 'down', database: 'down' } });
    expect(text).not.toMatch(/sms_verification|SQL|sqlite|message/i);
    // For the end of the application.
    if (!test.dataSource.isInitialized) await test.dataSource.initialize();
  });

  it('lists open circuit breakers, also inside other backends, and stays up', async () => {
    const inner = {
      backends: [{ backend: UnavailableBackend }, { backend: PausingBackend }, { backend: SandboxBackend }],
      breaker: { failures: 2 },
    };
    const options = {
      routes: [{ countries: ['US'], backend: FailoverBackend, options: inner }],
      otherwise: { backend: FailoverBackend, options: inner },
    };
    test = await startApplication({ phoneVerify: { backend: RoutingBackend, options }, imports: [health] });
    await test.service.sendSecurityCode(NUMBER);

    expect((await check()).phones).toMatchObject({ status: 'up', openBreakers: ['PausingBackend'] });
    await test.service.sendSecurityCode(NUMBER);
    await test.service.sendSecurityCode(OTHER_NUMBER);

    const { status, text, phones } = await check();
    expect({ status, phones }).toMatchObject({
      status: 200,
      phones: { openBreakers: ['UnavailableBackend', 'PausingBackend'] },
    });
    for (const secret of [NUMBER.slice(1), 'out of order']) expect(text).not.toContain(secret);
  });
});

it('an application without the module does not start with the indicator', async () => {
  const module = await Test.createTestingModule({ imports: [health] }).compile();

  await expect(module.init()).rejects.toThrow(PhoneVerifyConfigurationError);
});
