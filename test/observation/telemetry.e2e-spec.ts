import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventPublisher } from '../../lib/observability/event-publisher.js';
import { SandboxBackend, SmsDeliveryError } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import {
  NUMBER,
  openSession,
  OTHER_NUMBER,
  register,
  resend,
  CORRECT_CODE,
  verify,
  WRONG_CODE,
} from '../support/requests.js';
import { RecordedTelemetry } from '../support/telemetry.js';

let failure: SmsDeliveryError | undefined;

/** Takes 1.5 seconds by the clock of the process, and traces as a provider's client does. */
class TracedBackend extends SandboxBackend {
  override async sendSms(number: string, message: string) {
    trace.getTracer('provider').startSpan('POST').end();
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 1500);
    if (failure) throw failure;
    return super.sendSms(number, message);
  }
}

describe('OpenTelemetry', () => {
  let telemetry: RecordedTelemetry;
  let test: TestApplication;

  beforeEach(async () => {
    failure = undefined;
    telemetry = new RecordedTelemetry();
    telemetry.start();
    test = await startApplication({
      phoneVerify: { backend: TracedBackend, numbers: { allowNonGeographic: true, deniedTypes: [] } },
    });
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
    await telemetry.stop();
  });

  it('counts messages, checks and correct codes by country and outcome', async () => {
    const token = await openSession(test.app);
    await openSession(test.app, OTHER_NUMBER);
    await resend(test.app, NUMBER, token);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    await verify(test.app, NUMBER, token, CORRECT_CODE);

    const backend = 'SandboxBackend';
    expect(await telemetry.points('phone_verify.sent')).toEqual([
      { attributes: { country: 'US', backend }, value: 2 },
      { attributes: { country: 'GG', backend }, value: 1 },
    ]);
    expect(await telemetry.points('phone_verify.verified')).toEqual([{ attributes: { country: 'US' }, value: 1 }]);
    expect(await telemetry.points('phone_verify.checks')).toEqual([
      { attributes: { country: 'US', outcome: 'security_code_invalid' }, value: 2 },
      { attributes: { country: 'US', outcome: 'security_code_valid' }, value: 1 },
    ]);
  });

  it('counts what a limit refused or reported', async () => {
    const subject = { phoneNumber: '+80012345678', country: undefined, purpose: '', retryAfterSeconds: 1 };
    const events = test.app.get(EventPublisher);
    events.publish({ name: 'phone-verify.rate-limited', ...subject, rule: 'perIp', enforced: true });
    events.publish({ name: 'phone-verify.rate-limited', ...subject, rule: 'conversion', enforced: false });

    expect(await telemetry.points('phone_verify.rate_limited')).toEqual([
      { attributes: { country: 'none', rule: 'perIp', enforced: true }, value: 1 },
      { attributes: { country: 'none', rule: 'conversion', enforced: false }, value: 1 },
    ]);
  });

  it('measures deliveries in seconds by backend and outcome', async () => {
    await register(test.app).expect(200);
    vi.restoreAllMocks();
    failure = new SmsDeliveryError('throttled', 'too many');
    await register(test.app).expect(502);

    expect(await telemetry.points('phone_verify.delivery.duration')).toEqual([
      { attributes: { country: 'US', backend: 'SandboxBackend', kind: 'sent' }, value: expect.closeTo(1.5, 0) },
      { attributes: { country: 'US', backend: 'TracedBackend', kind: 'throttled' }, value: expect.closeTo(1.5, 0) },
    ]);
    expect(await telemetry.boundsOf('phone_verify.delivery.duration')).toContain(2.5);
  });

  it('traces a send, with the spans of the backend inside it', async () => {
    await register(test.app).expect(200);

    const [inner, outer] = telemetry.spans;
    expect(outer).toMatchObject({
      name: 'phone_verify.send',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'phone_verify.country': 'US',
        'phone_verify.purpose': '',
        'phone_verify.is_resend': false,
        'phone_verify.backend': 'SandboxBackend',
      },
    });
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('traces a send inside a span of the application', async () => {
    const request = trace.getTracer('application').startSpan('request');

    await context.with(trace.setSpan(context.active(), request), () => test.service.sendSecurityCode(NUMBER));

    expect(telemetry.spans[1]?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  });

  it('traces a failed send with nothing but its kind', async () => {
    const cause = new Error(`could not send ${CORRECT_CODE} to ${NUMBER}`);
    failure = new SmsDeliveryError('unavailable', `no way to ${NUMBER}`, { cause });

    await register(test.app, '+80012345678').expect(502);

    const [, outer] = telemetry.spans;
    expect(outer).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'unavailable' },
      attributes: { 'error.type': 'unavailable', 'phone_verify.country': 'none' },
      events: [],
    });
  });

  it('gets no number, code or token', async () => {
    const token = await openSession(test.app);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    const { body } = await verify(test.app, NUMBER, token, CORRECT_CODE);
    failure = new SmsDeliveryError('rejected', `${NUMBER} takes no ${CORRECT_CODE}`);
    await register(test.app).expect(502);

    const spans = telemetry.spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    const told = JSON.stringify([spans, await telemetry.instruments()]);
    expect(spans.length).toBeGreaterThan(2);
    const digits = NUMBER.slice(1);
    for (const secret of [digits, digits.slice(-4), CORRECT_CODE, WRONG_CODE, token, body.verification_token]) {
      expect(told).not.toContain(secret);
    }
  });
});
