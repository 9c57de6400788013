import { inspect } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { SMSVerification } from '../../lib/index.js';

afterEach(() => {
  vi.useRealTimers();
});

function session(): SMSVerification {
  return Object.assign(new SMSVerification(), {
    id: 'id',
    phoneNumber: '+14155552671',
    securityCode: 'secret-code',
    sealedCode: 'secret-seal',
    sessionToken: 'secret-session',
    verificationToken: 'secret-token',
    expiresAt: new Date(1000),
  });
}

it('the entity shows none of its four secrets when it is printed or serialised', () => {
  const shown = inspect({ row: session() }, { depth: 5 }) + JSON.stringify([session()]);

  expect(shown).toContain('+14155552671');
  expect(shown).not.toContain('secret-');
});

it('the entity is expired from expiresAt on, by the clock of the process', () => {
  vi.useFakeTimers({ now: 999 });
  expect(session().isExpired).toBe(false);
  vi.setSystemTime(1000);
  expect(session().isExpired).toBe(true);
});
