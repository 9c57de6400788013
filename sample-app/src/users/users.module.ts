import { Module } from '@nestjs/common';
import { UsersController } from './users.controller.js';
import { Transactions } from './transactions.js';
import { UsersService } from './users.service.js';

@Module({ controllers: [UsersController], providers: [Transactions, UsersService] })
export class UsersModule {}
