import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { type PhoneVerifyOptions, type ResolvedPhoneVerifyOptions, SandboxBackend } from '../../lib/index.js';

interface NumberSettings extends Pick<PhoneVerifyOptions, 'numbers' | 'testNumbers'> {
  readonly defaultCountry?: string | undefined;
}

/** The options that decide about a number, as the application resolves them. */
export function numberSettings(options: NumberSettings = {}): ResolvedPhoneVerifyOptions {
  return checkOptions({ appName: 'Acme', backend: SandboxBackend, ...options }, {}).options;
}

/** A number of each type. */
export const NUMBERS_OF_TYPES = {
  MOBILE: '+447400123456',
  FIXED_LINE_OR_MOBILE: '+14155552671',
  FIXED_LINE: '+442079460958',
  VOIP: '+445612345678',
  PREMIUM_RATE: '+449012345678',
  SHARED_COST: '+33810123456',
  TOLL_FREE: '+448001111111',
  UAN: '+443331234567',
  PAGER: '+447640123456',
  VOICEMAIL: '+41860123456789',
  PERSONAL_NUMBER: '+15005550006',
} as const;

/** Numbers that are not allowed by default. */
export const FORBIDDEN_NUMBERS = [
  NUMBERS_OF_TYPES.PREMIUM_RATE,
  NUMBERS_OF_TYPES.SHARED_COST,
  NUMBERS_OF_TYPES.TOLL_FREE,
  NUMBERS_OF_TYPES.UAN,
  NUMBERS_OF_TYPES.PAGER,
  NUMBERS_OF_TYPES.VOICEMAIL,
  NUMBERS_OF_TYPES.FIXED_LINE,
  NUMBERS_OF_TYPES.PERSONAL_NUMBER,
  '+979123456789',
  '+80012345678',
] as const;

/** A mobile number of each country that shares `+44`. */
export const BRITISH_MOBILES = {
  GB: '+447400123456',
  GG: '+447911123456',
  JE: '+447797712345',
  IM: '+447624123456',
} as const;

/** Numbers of `+1`, by country. */
export const NORTH_AMERICAN_NUMBERS = {
  US: '+14155552671',
  CA: '+14165551234',
  JM: '+18765551234',
  PR: '+17878361234',
  BS: '+12423591234',
} as const;

/** Numbers without a country whose type is not denied by default: of satellite and international networks. */
export const NON_GEOGRAPHIC_NUMBERS = [
  '+870773111632',
  '+878101234567890',
  '+881612345678',
  '+88216123456',
  '+883510000000000',
] as const;
