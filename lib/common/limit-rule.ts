/** Rules that count the messages to a number, or to the numbers of its prefix or country, or all messages. */
export type NumberRule = 'resendAfter' | 'perNumber' | 'perPrefix' | 'perCountry' | 'total';

/** Rules that count the messages of one client. */
export type ClientRule = 'perIp' | 'perSubject';

/**
 * Rules that count messages in fixed windows. `testNumbers` is the limit of each test number: 100 registers an hour.
 *
 * @publicApi
 */
export type CountingRule = NumberRule | ClientRule | 'testNumbers';

/**
 * Rules that limit sends. Each has the name of its option.
 *
 * @publicApi
 */
export type LimitRule = CountingRule | 'conversion';
