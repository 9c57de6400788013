import { Controller, Get, Inject, NotFoundException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type BaseBackend, PHONE_VERIFY_BACKEND, SandboxBackend, type SandboxMessage } from 'nestjs-phone-verify';

/** Shows the messages of the sandbox, so that the flow can be tried without a phone. In development only. */
@Controller('outbox')
export class OutboxController {
  constructor(
    @Inject(PHONE_VERIFY_BACKEND) private readonly backend: BaseBackend,
    private readonly config: ConfigService,
  ) {}

  @Get()
  list(): readonly SandboxMessage[] {
    const isShown = this.config.get('NODE_ENV') !== 'production' && this.backend instanceof SandboxBackend;
    if (!isShown) throw new NotFoundException();
    return this.backend.outbox;
  }
}
