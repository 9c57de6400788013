import { Module } from '@nestjs/common';
import { Transactions } from '../transactions.js';
import { SessionsService } from './sessions.service.js';

@Module({ providers: [Transactions, SessionsService], exports: [Transactions, SessionsService] })
export class SessionsModule {}
