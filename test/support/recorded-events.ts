import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { type PhoneVerifyEvent, PhoneVerifyEvents } from '../../lib/index.js';

/** A listener of the application that records all events in their order. */
@Injectable()
export class RecordedEvents {
  readonly all: PhoneVerifyEvent[] = [];

  @OnEvent(PhoneVerifyEvents.Sent)
  @OnEvent(PhoneVerifyEvents.SendFailed)
  @OnEvent(PhoneVerifyEvents.Verified)
  @OnEvent(PhoneVerifyEvents.CheckFailed)
  @OnEvent(PhoneVerifyEvents.Locked)
  @OnEvent(PhoneVerifyEvents.RateLimited)
  keep(event: PhoneVerifyEvent): void {
    this.all.push(event);
  }

  get names(): string[] {
    return this.all.map(({ name }) => name);
  }

  clear(): void {
    this.all.length = 0;
  }
}
