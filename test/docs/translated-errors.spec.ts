import { Controller, Module, Post, UseFilters } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PhoneVerificationService } from '../../lib/index.js';
import { ADAPTERS, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER, post, register } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from './example-files.js';

const PAGE = 'docs/http-api.md';

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-translated-errors');
});

afterAll(() => examples.remove());

describe.each(ADAPTERS)('the filter with the messages of the application, on %s', (adapter) => {
  let test: TestApplication;

  afterEach(() => test.close());

  it('gives the message in the language of the request, and leaves the rest of the response', async () => {
    const { phones } = await examples.load(PAGE, 'german-phones.ts');
    test = await startApplication({ adapter, module: phones });

    const english = await register(test.app, '+1').expect(400);
    const german = await register(test.app, '+1').set('accept-language', 'de-AT').expect(400);

    expect(english.body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'Enter a valid phone number.',
      code: 'phone_number_invalid',
    });
    expect(german.body).toEqual({ ...english.body, message: 'Bitte geben Sie eine gültige Telefonnummer ein.' });
    expect(german.headers['cache-control']).toBe('no-store');
  });

  it('changes neither the status nor the header of a rate limit', async () => {
    const { TranslatedErrors, TranslationsModule } = await examples.load(PAGE, 'translated-errors.filter.ts');
    class LateErrors extends TranslatedErrors {
      translate(): object {
        return { message: 'Zu viele Anfragen.' };
      }
    }
    test = await startApplication({
      adapter,
      phoneVerify: {
        limits: { ...NO_LIMITS, resendAfter: 30 },
        imports: [TranslationsModule],
        decorators: [UseFilters(LateErrors)],
      },
    });
    await register(test.app).expect(200);

    const { body, headers } = await register(test.app).expect(429);

    expect(body).toEqual({ message: 'Zu viele Anfragen.' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it("works on the application's own controllers", async () => {
    const { TranslatedErrors, TranslationsModule } = await examples.load(PAGE, 'translated-errors.filter.ts');
    @Controller('invitations')
    @UseFilters(TranslatedErrors)
    class InvitationsController {
      constructor(private readonly phones: PhoneVerificationService) {}

      @Post()
      async invite(): Promise<void> {
        await this.phones.sendSecurityCode('+1');
      }
    }
    @Module({ imports: [TranslationsModule], controllers: [InvitationsController] })
    class InvitationsModule {}
    test = await startApplication({ adapter, phoneVerify: { isGlobal: true }, imports: [InvitationsModule] });

    const { body } = await post(test.app, '/invitations', { phone: NUMBER }).set('accept-language', 'de').expect(400);

    expect(body).toMatchObject({
      code: 'phone_number_invalid',
      message: 'Bitte geben Sie eine gültige Telefonnummer ein.',
    });
  });
});
