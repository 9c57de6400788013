// A route that consumes a verification token, in plain JavaScript for another process.
import { Controller, Post } from '@nestjs/common';
import { RequireVerifiedPhone, VerifiedPhone } from '../../dist/index.js';

export const HEADER = 'x-phone-verification-token';

export class GuardedController {
  handled = 0;

  handle(phone) {
    this.handled += 1;
    return phone;
  }
}

const { prototype } = GuardedController;
const handle = Object.getOwnPropertyDescriptor(prototype, 'handle');
VerifiedPhone()(prototype, 'handle', 0);
RequireVerifiedPhone({ consume: true, from: 'header' })(prototype, 'handle', handle);
Post()(prototype, 'handle', handle);
Controller('guarded')(GuardedController);
