/**
 * Rules that bound sends, named as the options that configure them.
 *
 * @publicApi
 */
export type LimitRule = 'resendAfter' | 'perNumber' | 'perIp' | 'perPrefix' | 'perCountry' | 'total' | 'conversion';
