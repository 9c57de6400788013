import type { LimitOptions } from '../../lib/index.js';

/** Every limit off. */
export const NO_LIMITS: LimitOptions = {
  resendAfter: false,
  perNumber: false,
  perIp: false,
  perPrefix: false,
  perCountry: false,
  total: false,
  perSubject: false,
  conversion: false,
};
