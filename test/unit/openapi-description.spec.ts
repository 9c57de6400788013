import { describe, expect, it } from 'vitest';
import { describeController } from '../../lib/http/openapi/describe-controller.js';
import { createPhoneVerifyController } from '../../lib/http/phone-verify.controller.js';

const ROUTES = ['register', 'resend', 'verify'];

/** The functions that a request to the routes runs. */
function handlersOf(controller: { readonly prototype: object }): unknown[] {
  return ROUTES.map((name) => Reflect.get(controller.prototype, name));
}

function summariesOf(controller: { readonly prototype: object }): unknown[] {
  return handlersOf(controller).map(
    (handler) => Reflect.getMetadata('swagger/apiOperation', handler as object)?.summary,
  );
}

describe('the OpenAPI description of the routes', () => {
  it('does not replace the handlers', async () => {
    const controller = createPhoneVerifyController('phone');
    const before = handlersOf(controller);

    await describeController(controller, []);

    expect(handlersOf(controller)).toEqual(before);
    expect(handlersOf(controller).every((handler, index) => handler === before[index])).toBe(true);
    expect(summariesOf(controller)).toEqual(['Send a code', 'Send the code again', 'Check a code']);
  });

  it('does not describe the routes of another controller', async () => {
    const [described, other] = [createPhoneVerifyController('one'), createPhoneVerifyController('other')];

    await describeController(described, ['login']);

    expect(summariesOf(other)).toEqual([undefined, undefined, undefined]);
  });
});
