import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../sample-app/src/configuration.js';
import { createBackend } from '../../sample-app/src/delivery/backend.js';
import { PROVIDER_NAMES, variablesOf } from '../../sample-app/src/delivery/providers.js';

const EXAMPLE = readFileSync(new URL('../../sample-app/.env.example', import.meta.url), 'utf8');

/** The variables of all providers. */
const ALL: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PROVIDER_NAMES.flatMap(variablesOf).map((name) => [name, 'x'])),
  TWILIO_SID: 'AC1',
  BIRD_API_KEY: 'bk_eu1_x',
  TELNYX_FROM: '+15005550006',
  INFOBIP_BASE_URL: 'https://example.api.infobip.com',
  HTTP_URL: 'https://sms.example.com',
};

const CLASSES = {
  sandbox: 'SandboxBackend',
  twilio: 'TwilioBackend',
  vonage: 'VonageBackend',
  'aws-sns': 'AwsSnsBackend',
  'aws-sms': 'AwsSmsBackend',
  messagebird: 'MessageBirdBackend',
  bird: 'BirdBackend',
  plivo: 'PlivoBackend',
  telnyx: 'TelnyxBackend',
  infobip: 'InfobipBackend',
  http: 'HttpBackend',
  'twilio,vonage': 'FailoverBackend',
  ' plivo , sandbox ': 'FailoverBackend',
};

describe('PHONE_VERIFY_BACKEND', () => {
  it('accepts every provider', () => {
    expect(PROVIDER_NAMES).toEqual(Object.keys(CLASSES).filter((name) => !name.includes(',')));
  });

  it.each(Object.entries(CLASSES))('%j sends with %s', async (chosen, expected) => {
    const environment = readEnvironment({ ...ALL, PHONE_VERIFY_BACKEND: chosen });

    const backend = await createBackend(environment.PHONE_VERIFY_BACKEND, (name) => ALL[name]);

    expect(backend.constructor.name).toBe(expected);
  });

  const needed = PROVIDER_NAMES.flatMap((name) => variablesOf(name).map((variable) => [name, variable] as const));

  it.each(needed)('refuses %s without %s, which is documented', (name, variable) => {
    for (const missing of [undefined, '']) {
      const start = (): unknown => readEnvironment({ ...ALL, [variable]: missing, PHONE_VERIFY_BACKEND: name });
      expect(start).toThrow(`${variable} is not set, and PHONE_VERIFY_BACKEND=${name} needs it`);
    }
    expect(EXAMPLE).toMatch(new RegExp(`^# ${variable}=`, 'm'));
  });

  it('reports every missing variable of every selected provider', () => {
    const start = (): unknown => readEnvironment({ PHONE_VERIFY_BACKEND: 'twilio,telnyx', TWILIO_SID: 'AC1' });

    for (const name of ['TWILIO_SECRET', 'TWILIO_FROM', 'TELNYX_API_KEY', 'TELNYX_FROM']) expect(start).toThrow(name);
    expect(start).not.toThrow('TWILIO_SID');
  });

  it.each(['nexmo', 'Twilio', 'twilio,', ',', 'constructor', 'twilio vonage'])('refuses %j', (chosen) => {
    expect(() => readEnvironment({ ...ALL, PHONE_VERIFY_BACKEND: chosen })).toThrow(
      /PHONE_VERIFY_BACKEND names ".*", which is none of sandbox, twilio, vonage/,
    );
  });
});
