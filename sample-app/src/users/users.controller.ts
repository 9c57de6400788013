import { Body, Controller, Post } from '@nestjs/common';
import { SignUpRequest } from './sign-up.request.js';
import type { User } from './user.entity.js';
import { UsersService } from './users.service.js';

@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Post('sign-up')
  async signUp(@Body() { username, verification_token }: SignUpRequest): Promise<Record<keyof User, string>> {
    return this.users.signUp(username, verification_token);
  }
}
