import { EventEmitterModule } from '@nestjs/event-emitter';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BaseBackend,
  type PhoneVerifyModuleOptions,
  PhoneVerifyEvents,
  RateLimitedError,
  SandboxBackend,
  SmsDeliveryError,
  type VerificationResult,
  VerificationStatus,
} from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { RecordedEvents } from '../support/recorded-events.js';
import { NO_LIMITS } from '../support/limits.js';
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

const MASKED = '+141******71';
const SUBJECT = { phoneNumber: MASKED, country: 'US', purpose: '' };

/** Takes 1.5 seconds by the clock of the process, and gives a whole receipt. */
class SlowBackend extends BaseBackend {
  failure: SmsDeliveryError | undefined;
  readonly #sandbox = new SandboxBackend({});

  override async sendSms(number: string, message: string) {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 1500);
    if (this.failure) throw this.failure;
    await this.#sandbox.sendSms(number, message);
    return { backend: 'slow', messageId: 'message-1', segments: 2 };
  }

  override generateSecurityCode(): string {
    return CORRECT_CODE;
  }
}

describe('the events', () => {
  let test: TestApplication;
  let events: RecordedEvents;

  async function start(phoneVerify: Partial<PhoneVerifyModuleOptions> = {}): Promise<void> {
    class Listeners {}
    test = await startApplication({
      phoneVerify,
      imports: [EventEmitterModule.forRoot(), { module: Listeners, providers: [RecordedEvents] }],
    });
    events = test.app.get(RecordedEvents);
  }

  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
  });

  it('report a sent message, for a register and a resend', async () => {
    await start({ backend: SlowBackend });

    const token = await openSession(test.app);
    vi.restoreAllMocks();
    await resend(test.app, NUMBER, token).expect(200);

    const sent = {
      name: PhoneVerifyEvents.Sent,
      ...SUBJECT,
      backend: 'slow',
      messageId: 'message-1',
      segments: 2,
      durationMs: expect.closeTo(1500, -3),
    };
    expect(events.all).toEqual([
      { ...sent, isResend: false },
      { ...sent, isResend: true },
    ]);
  });

  it('report a message that was not sent', async () => {
    const backend = new SlowBackend({});
    backend.failure = new SmsDeliveryError('throttled', `no more to ${NUMBER}`, { providerCode: `${NUMBER}/30` });
    await start({ backend });

    await register(test.app).expect(502);

    expect(events.all).toEqual([
      {
        name: PhoneVerifyEvents.SendFailed,
        ...SUBJECT,
        backend: 'SlowBackend',
        kind: 'throttled',
        providerCode: `${MASKED}/30`,
        isResend: false,
        durationMs: expect.closeTo(1500, -3),
      },
    ]);
  });

  it('report each check', async () => {
    await start();
    const token = await openSession(test.app);
    events.clear();

    await verify(test.app, NUMBER, 'unknown', CORRECT_CODE);
    await verify(test.app, NUMBER, token, WRONG_CODE);
    await verify(test.app, NUMBER, token, CORRECT_CODE).expect(200);
    await verify(test.app, NUMBER, token, CORRECT_CODE);
    test.clock.advance(600);
    await verify(test.app, NUMBER, token, CORRECT_CODE);

    const failed = { name: PhoneVerifyEvents.CheckFailed, ...SUBJECT, attemptsLeft: undefined };
    expect(events.all).toEqual([
      { ...failed, outcome: VerificationStatus.SessionTokenInvalid },
      { ...failed, outcome: VerificationStatus.Invalid, attemptsLeft: 4 },
      { name: PhoneVerifyEvents.Verified, ...SUBJECT },
      { ...failed, outcome: VerificationStatus.Verified },
      { ...failed, outcome: VerificationStatus.Expired },
    ]);
  });

  it('report once that a session is locked, for any number of parallel wrong codes', async () => {
    await start();
    const token = await openSession(test.app);
    events.clear();

    await Promise.all(Array.from({ length: 20 }, () => verify(test.app, NUMBER, token, WRONG_CODE)));

    const locked = events.all.filter(({ name }) => name === PhoneVerifyEvents.Locked);
    expect(locked).toEqual([{ name: PhoneVerifyEvents.Locked, ...SUBJECT }]);
    expect(events.names.filter((name) => name === PhoneVerifyEvents.CheckFailed)).toHaveLength(20);
  });

  it("report a backend's own check, which locks nothing", async () => {
    let answer: VerificationResult = { status: VerificationStatus.Invalid, attemptsLeft: 0 };
    class CheckingBackend extends SandboxBackend {
      override validateSecurityCode(): VerificationResult {
        return answer;
      }
    }
    await start({ backend: CheckingBackend });

    await verify(test.app, NUMBER, 'unknown', WRONG_CODE);
    answer = { status: VerificationStatus.Valid };
    await verify(test.app, NUMBER, 'unknown', WRONG_CODE);

    expect(events.names).toEqual([PhoneVerifyEvents.CheckFailed, PhoneVerifyEvents.Verified]);
  });

  it('report a refusal by a limit, and no message', async () => {
    await start({ limits: { ...NO_LIMITS, resendAfter: 30 }, purposes: ['login'] });
    await test.service.sendSecurityCode(NUMBER, { purpose: 'login' });
    events.clear();

    await expect(test.service.sendSecurityCode(NUMBER, { purpose: 'login' })).rejects.toThrow(RateLimitedError);

    const limited = { rule: 'resendAfter', enforced: true, retryAfterSeconds: 30 };
    expect(events.all).toEqual([{ name: PhoneVerifyEvents.RateLimited, ...SUBJECT, purpose: 'login', ...limited }]);
  });

  it('report the checks of a test number, and no message', async () => {
    await start({ testNumbers: { numbers: { [OTHER_NUMBER]: '1357' }, until: '2999-01-01' } });

    const token = await openSession(test.app, OTHER_NUMBER);
    await verify(test.app, OTHER_NUMBER, token, '1357').expect(200);

    expect(events.names).toEqual([PhoneVerifyEvents.Verified]);
  });

  it('have full numbers if the option says so', async () => {
    await start({ events: { fullNumbers: true } });

    await openSession(test.app);

    expect(events.all).toMatchObject([{ phoneNumber: NUMBER }]);
  });

  it('contain no code, token or full number, and are frozen', async () => {
    await start({ maxFailedAttempts: 1 });
    const token = await openSession(test.app);
    await resend(test.app, NUMBER, token);
    const { body } = await verify(test.app, NUMBER, token, CORRECT_CODE);
    await verify(test.app, NUMBER, token, CORRECT_CODE);
    const other = await openSession(test.app);
    await verify(test.app, NUMBER, other, WRONG_CODE);

    expect(new Set(events.names)).toEqual(
      new Set([
        PhoneVerifyEvents.Sent,
        PhoneVerifyEvents.Verified,
        PhoneVerifyEvents.CheckFailed,
        PhoneVerifyEvents.Locked,
      ]),
    );
    const told = JSON.stringify(events.all);
    const secrets = [CORRECT_CODE, WRONG_CODE, token, other, body.verification_token, NUMBER.slice(1)];
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(events.all.every((event) => Object.isFrozen(event))).toBe(true);
  });
});
