import { Module } from '@nestjs/common';
import { OutboxModule } from '../outbox/outbox.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { PagesController } from './pages.controller.js';

@Module({ imports: [OutboxModule, SessionsModule], controllers: [PagesController] })
export class PagesModule {}
