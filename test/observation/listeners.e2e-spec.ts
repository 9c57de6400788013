import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PhoneVerifyEvent, PhoneVerifyEvents } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { RecordedEvents } from '../support/recorded-events.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, openSession, register, CORRECT_CODE, verify } from '../support/requests.js';

@Injectable()
class FailingListeners {
  readonly later: (() => void)[] = [];

  @OnEvent(PhoneVerifyEvents.Sent, { suppressErrors: false })
  async reject({ phoneNumber }: PhoneVerifyEvent): Promise<void> {
    throw new TypeError(`rejected for ${phoneNumber}`);
  }

  @OnEvent(PhoneVerifyEvents.Sent, { suppressErrors: false })
  async rejectLater({ phoneNumber }: PhoneVerifyEvent): Promise<void> {
    await new Promise<void>((resolve) => this.later.push(resolve));
    throw new Error(`later, for ${phoneNumber}`);
  }

  @OnEvent(PhoneVerifyEvents.Sent)
  throwAtOnce(): void {
    throw new Error('suppressed by Nest');
  }
}

class Listeners {}

describe('a listener of the application', () => {
  const logs = new RecordedLogs();
  const unhandled: unknown[] = [];
  const keepUnhandled = (reason: unknown): void => void unhandled.push(reason);
  let test: TestApplication;

  async function start(wildcard = false): Promise<void> {
    test = await startApplication({
      phoneVerify: { events: { fullNumbers: true } },
      imports: [
        EventEmitterModule.forRoot({ wildcard }),
        { module: Listeners, providers: [FailingListeners, RecordedEvents] },
      ],
      logger: logs,
    });
  }

  beforeEach(() => {
    logs.lines.length = 0;
    unhandled.length = 0;
    process.on('unhandledRejection', keepUnhandled);
  });

  afterEach(async () => {
    process.off('unhandledRejection', keepUnhandled);
    await test.close();
  });

  it('that throws, synchronously or not, affects neither the request nor other listeners nor the process', async () => {
    await start();
    const emitter = test.app.get(EventEmitter2);
    const heard: string[] = [];
    emitter.prependListener(PhoneVerifyEvents.Sent, () => {
      throw new Error('thrown at once');
    });
    emitter.on(PhoneVerifyEvents.Sent, () => heard.push('the last one'));

    const { body } = await register(test.app).expect(200);
    await verify(test.app, NUMBER, body.session_token, CORRECT_CODE).expect(200);
    for (const fail of test.app.get(FailingListeners).later) fail();
    await new Promise((resolve) => setImmediate(resolve));

    expect(heard).toEqual(['the last one']);
    expect(test.app.get(RecordedEvents).names).toEqual([PhoneVerifyEvents.Sent, PhoneVerifyEvents.Verified]);
    expect(unhandled).toEqual([]);
    for (const text of [
      'error: A listener of phone-verify.sent failed: Error: thrown at once',
      'error: A listener of phone-verify.sent failed: TypeError: rejected for +141******71',
      'error: A listener of phone-verify.sent failed: Error: later, for +141******71',
    ]) {
      expect(logs.text).toContain(text);
    }
  });

  it.each([false, true])(
    'gets every event with onAny, one with once, and matching ones with a wildcard if wildcards are %s',
    async (wildcard) => {
      await start(wildcard);
      const emitter = test.app.get(EventEmitter2);
      const heard: unknown[] = [];
      emitter.onAny((name, event: PhoneVerifyEvent) => void heard.push(['any', name, event.phoneNumber]));
      emitter.once(PhoneVerifyEvents.Sent, () => void heard.push('once'));
      if (wildcard) emitter.on('phone-verify.*', () => void heard.push('wildcard'));

      await openSession(test.app);
      await openSession(test.app);

      const any = ['any', PhoneVerifyEvents.Sent, NUMBER];
      expect(heard.filter((each) => Array.isArray(each))).toEqual([any, any]);
      expect(heard.filter((each) => each === 'once')).toHaveLength(1);
      expect(heard.filter((each) => each === 'wildcard')).toHaveLength(wildcard ? 2 : 0);
    },
  );

  it('gets no events if the library found another copy of the emitter, which is logged', async () => {
    class EventEmitterModuleOfAnotherCopy {}
    Object.defineProperty(EventEmitterModuleOfAnotherCopy, 'name', { value: 'EventEmitterModule' });

    test = await startApplication({ imports: [{ module: EventEmitterModuleOfAnotherCopy }], logger: logs });
    await register(test.app).expect(200);

    expect(logs.text).toContain('warn: No events are emitted: the application has an EventEmitterModule');
  });
});
