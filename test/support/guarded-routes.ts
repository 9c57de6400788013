import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import { RequireVerifiedPhone, VerifiedPhone } from '../../lib/index.js';

/** The purposes that the routes require. */
export const PURPOSES = ['login', 'change-phone'];

/** The header for a verification token. */
export const TOKEN_HEADER = 'x-phone-verification-token';

/** Records every phone that a handler gets. */
@Injectable()
export class Handled {
  readonly phones: VerifiedPhone[] = [];

  answer(phone: VerifiedPhone): VerifiedPhone {
    this.phones.push(phone);
    return phone;
  }
}

/** A route for each way to require a verified phone. */
@Controller('account')
export class AccountController {
  constructor(private readonly handled: Handled) {}

  @Post('number')
  @RequireVerifiedPhone()
  number(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Get('number')
  @RequireVerifiedPhone()
  read(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Post('once')
  @RequireVerifiedPhone({ consume: true })
  once(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Post('soon')
  @RequireVerifiedPhone({ maxAge: 60 })
  soon(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Post('login')
  @RequireVerifiedPhone({ purpose: 'login', from: 'header' })
  login(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Post('change')
  @RequireVerifiedPhone({ purpose: 'change-phone', from: 'header', consume: true, maxAge: 60 })
  change(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }
}

/** A class that requires one verification token for all its routes, and a route that requires another. */
@Controller('settings')
@RequireVerifiedPhone({ purpose: 'login', from: 'header', consume: true })
export class SettingsController {
  constructor(private readonly handled: Handled) {}

  @Get()
  read(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }

  @Post()
  @RequireVerifiedPhone({ consume: true })
  write(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return this.handled.answer(phone);
  }
}

@Module({ controllers: [AccountController, SettingsController], providers: [Handled] })
export class GuardedModule {}
