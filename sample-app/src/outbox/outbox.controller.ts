import { Controller, Get, type MessageEvent, Query, Sse, UseGuards } from '@nestjs/common';
import type { SandboxMessage } from 'nestjs-phone-verify';
import { map, type Observable } from 'rxjs';
import { LoopbackOnlyGuard } from './loopback-only.guard.js';
import { OutboxService } from './outbox.service.js';

/** Shows the sandbox's messages with their codes, only to browsers on this machine. */
@Controller('outbox')
@UseGuards(LoopbackOnlyGuard)
export class OutboxController {
  constructor(private readonly outbox: OutboxService) {}

  @Get()
  list(): readonly SandboxMessage[] {
    return this.outbox.list();
  }

  /** Streams the messages to a number as server-sent events, for the phone on the page. */
  @Sse('stream')
  stream(@Query('to') to: unknown): Observable<MessageEvent> {
    return this.outbox
      .watch(to)
      .pipe(map(({ message, sentAt }) => ({ id: String(sentAt.getTime()), data: { message, sentAt } })));
  }
}
