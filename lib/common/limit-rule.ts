/**
 * Rules that limit sends, named as the options that configure them. `testNumbers` is the limit of each test number: 100
 * registers an hour.
 *
 * @publicApi
 */
export type LimitRule =
  'resendAfter' | 'perNumber' | 'perIp' | 'perPrefix' | 'perCountry' | 'total' | 'conversion' | 'testNumbers';
