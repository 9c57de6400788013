import { type BaseBackend, HttpBackend, SandboxBackend } from 'nestjs-phone-verify';

/** A provider: the variables that it requires, and how to create its backend from them. */
interface Provider {
  readonly variables: readonly string[];
  create(variables: Variables): Promise<BaseBackend<unknown>>;
}

/** Reads an environment variable. */
export type Variables = (name: string) => unknown;

/**
 * The providers for `PHONE_VERIFY_BACKEND`. Only the entry points of selected ones are imported, and only they need an
 * SDK.
 */
const PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  ['sandbox', provider([], async () => new SandboxBackend({}))],
  [
    'twilio',
    provider(['TWILIO_SID', 'TWILIO_SECRET', 'TWILIO_FROM'], async (read, at) => {
      const { TwilioBackend } = await import('nestjs-phone-verify/twilio');
      return new TwilioBackend({
        sid: read('TWILIO_SID'),
        secret: read('TWILIO_SECRET'),
        from: read('TWILIO_FROM'),
        ...at('TWILIO_BASE_URL'),
      });
    }),
  ],
  [
    'vonage',
    provider(['VONAGE_KEY', 'VONAGE_SECRET', 'VONAGE_FROM'], async (read, at) => {
      const { VonageBackend } = await import('nestjs-phone-verify/vonage');
      return new VonageBackend({
        key: read('VONAGE_KEY'),
        secret: read('VONAGE_SECRET'),
        from: read('VONAGE_FROM'),
        ...at('VONAGE_BASE_URL'),
      });
    }),
  ],
  [
    'aws-sns',
    provider(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], async (read, at) => {
      const { AwsSnsBackend } = await import('nestjs-phone-verify/aws-sns');
      return new AwsSnsBackend({
        region: read('AWS_REGION'),
        credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
        ...at('AWS_SNS_BASE_URL'),
      });
    }),
  ],
  [
    'aws-sms',
    provider(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], async (read, at) => {
      const { AwsSmsBackend } = await import('nestjs-phone-verify/aws-sms');
      return new AwsSmsBackend({
        region: read('AWS_REGION'),
        credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
        ...at('AWS_SMS_BASE_URL'),
      });
    }),
  ],
  [
    'messagebird',
    provider(['MESSAGEBIRD_ACCESS_KEY', 'MESSAGEBIRD_ORIGINATOR'], async (read, at) => {
      const { MessageBirdBackend } = await import('nestjs-phone-verify/messagebird');
      return new MessageBirdBackend({
        accessKey: read('MESSAGEBIRD_ACCESS_KEY'),
        originator: read('MESSAGEBIRD_ORIGINATOR'),
        ...at('MESSAGEBIRD_BASE_URL'),
      });
    }),
  ],
  [
    'bird',
    provider(['BIRD_API_KEY', 'BIRD_FROM'], async (read, at) => {
      const { BirdBackend } = await import('nestjs-phone-verify/bird');
      return new BirdBackend({ apiKey: read('BIRD_API_KEY'), from: read('BIRD_FROM'), ...at('BIRD_BASE_URL') });
    }),
  ],
  [
    'plivo',
    provider(['PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN', 'PLIVO_FROM'], async (read, at) => {
      const { PlivoBackend } = await import('nestjs-phone-verify/plivo');
      return new PlivoBackend({
        authId: read('PLIVO_AUTH_ID'),
        authToken: read('PLIVO_AUTH_TOKEN'),
        from: read('PLIVO_FROM'),
        ...at('PLIVO_BASE_URL'),
      });
    }),
  ],
  [
    'telnyx',
    provider(['TELNYX_API_KEY', 'TELNYX_FROM'], async (read, at) => {
      const { TelnyxBackend } = await import('nestjs-phone-verify/telnyx');
      return new TelnyxBackend({ apiKey: read('TELNYX_API_KEY'), from: read('TELNYX_FROM'), ...at('TELNYX_BASE_URL') });
    }),
  ],
  [
    'infobip',
    provider(['INFOBIP_BASE_URL', 'INFOBIP_API_KEY', 'INFOBIP_FROM'], async (read) => {
      const { InfobipBackend } = await import('nestjs-phone-verify/infobip');
      return new InfobipBackend({
        baseUrl: read('INFOBIP_BASE_URL'),
        apiKey: read('INFOBIP_API_KEY'),
        from: read('INFOBIP_FROM'),
      });
    }),
  ],
  [
    'http',
    provider(['HTTP_URL', 'HTTP_AUTHORIZATION'], async (read) => {
      const headers = { authorization: read('HTTP_AUTHORIZATION') };
      return new HttpBackend({ url: read('HTTP_URL'), headers, body: (to, text) => ({ to, text }) });
    }),
  ],
]);

export const PROVIDER_NAMES: readonly string[] = [...PROVIDERS.keys()];

/** The variables that a provider requires. */
export function variablesOf(name: string): readonly string[] {
  return find(name).variables;
}

/** The backend of a provider. */
export async function createProvider(name: string, variables: Variables): Promise<BaseBackend<unknown>> {
  return find(name).create(variables);
}

function find(name: string): Provider {
  const found = PROVIDERS.get(name);
  if (found === undefined) throw new Error(`${name} is not a provider.`);
  return found;
}

/** Another base URL of the provider's API, if its variable is set. */
type Address = (variable: string) => { readonly baseUrl?: string };

function provider<Name extends string>(
  variables: readonly Name[],
  create: (read: (variable: Name) => string, at: Address) => Promise<BaseBackend<unknown>>,
): Provider {
  return {
    variables,
    create: async (given) =>
      create(
        (variable) => String(given(variable)),
        (variable) => (given(variable) === undefined ? {} : { baseUrl: String(given(variable)) }),
      ),
  };
}
