import { Controller, Get, Injectable, Module, Post, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import {
  PhoneVerifyConfigurationError,
  type PhoneVerifyOptions,
  RequireVerifiedPhone,
  VerifiedPhone,
} from '../../lib/index.js';
import { startApplication } from '../support/application.js';

/** The startup error of an application with these controllers; `undefined` if it starts. */
async function faultsOf(
  options: Pick<PhoneVerifyOptions, 'purposes' | 'retentionDays' | 'expiration'>,
  ...controllers: Type[]
): Promise<readonly string[]> {
  @Module({ controllers })
  class FeatureModule {}
  @Module({ controllers, imports: [FeatureModule] })
  class OtherModule {}
  try {
    const test = await startApplication({ phoneVerify: { ...options, isGlobal: true }, imports: [OtherModule] });
    await test.close();
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}

@Controller('pay')
class PayController {
  @Post()
  @RequireVerifiedPhone({ purpose: 'payment' })
  pay(): void {}

  @Post('again')
  @RequireVerifiedPhone({ purpose: 'Payment', maxAge: 3600 })
  payAgain(): void {}

  @Get()
  list(): void {}
}

@Controller('orders')
@RequireVerifiedPhone({ purpose: 'orders' })
class OrdersController {
  @Get()
  list(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
    return phone;
  }
}

@Controller('more-orders')
class MoreOrdersController extends OrdersController {}

describe('an application does not start', () => {
  it('if a route requires a purpose that is not configured', async () => {
    expect(await faultsOf({ purposes: ['login', 'payment'] }, PayController, OrdersController)).toEqual([
      'PayController.payAgain: @RequireVerifiedPhone requires the purpose "Payment", which is not in the option purposes; add it there',
      'OrdersController: @RequireVerifiedPhone requires the purpose "orders", which is not in the option purposes; add it there',
    ]);
    expect(await faultsOf({}, PayController)).toEqual([
      expect.stringContaining('PayController.pay: '),
      expect.stringContaining('PayController.payAgain: '),
    ]);
    expect(await faultsOf({}, MoreOrdersController)).toEqual([expect.stringContaining('MoreOrdersController: ')]);
  });

  it.each([
    [{ retentionDays: 1 }, 86_400 - 600],
    [{ retentionDays: 2, expiration: 3600 }, 2 * 86_400 - 3600],
    [{ retentionDays: 1, expiration: 86_400 }, 900],
  ])('if a route accepts verification tokens that are older than the rows that %o retain', async (options, kept) => {
    const controllerFor = (maxAge: number): Type => {
      @Controller('old')
      class OldController {
        @Get()
        @RequireVerifiedPhone({ maxAge })
        old(): void {}
      }
      return OldController;
    };

    expect(await faultsOf(options, controllerFor(kept))).toEqual([]);
    expect(await faultsOf(options, controllerFor(kept + 1))).toEqual([
      `OldController.old: @RequireVerifiedPhone accepts verification tokens up to ${kept + 1} seconds old, ` +
        `but retentionDays: ${options.retentionDays} keeps them for ${kept}; lower maxAge or raise retentionDays`,
    ]);
  });

  it('if a handler injects a phone that no decorator requires', async () => {
    @Injectable()
    @Controller('open')
    class OpenController {
      @Get()
      open(@VerifiedPhone() phone: VerifiedPhone): VerifiedPhone {
        return phone;
      }
    }

    expect(await faultsOf({}, OpenController)).toEqual([
      'OpenController.open: @VerifiedPhone() needs @RequireVerifiedPhone() on the handler or its class',
    ]);
  });
});

it('an application starts if its routes require what is configured', async () => {
  const purposes = ['payment', 'orders'];

  expect(await faultsOf({ purposes }, OrdersController, MoreOrdersController)).toEqual([]);
});
