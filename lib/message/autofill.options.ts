import type { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';
import type { Autofill } from './autofill.js';

/**
 * Lines with which phones fill in a code, see {@link PhoneVerifyOptions.autofill}.
 *
 * @publicApi
 */
export interface AutofillOptions {
  /**
   * Host of the page with the input field, such as `example.com`: no scheme, port or path, in lower case, an
   * internationalised name in its ASCII form. Browsers and iOS fill in the code only on that host and its subdomains.
   */
  domain?: string | undefined;
  /** The 11 characters by which Android's SMS Retriever identifies an application. */
  androidAppHash?: string | undefined;
}

/** A label of a host name, and one that can be its last, so that an IP address does not match. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LAST_LABEL = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?:(?:${LABEL}\\.)+${LAST_LABEL}|localhost)$`);

/** The first eleven characters of a hash in base64. */
const ANDROID_APP_HASH = /^[A-Za-z0-9+/]{11}$/;

const NAMES = optionNames<AutofillOptions>({ domain: true, androidAppHash: true });

/** Reads {@link AutofillOptions}. */
export function readAutofill(options: OptionReader): Autofill {
  const reader = options.nested('autofill', NAMES);
  const domain = readMatching(
    reader,
    'domain',
    HOST_NAME,
    'must be a bare host name in lower case and ASCII, such as example.com',
  );
  const androidAppHash = readMatching(
    reader,
    'androidAppHash',
    ANDROID_APP_HASH,
    'must be 11 characters of A-Z, a-z, 0-9, + and /',
  );
  return Object.freeze({ domain, androidAppHash });
}

function readMatching(reader: OptionReader, name: string, pattern: RegExp, fault: string): string | undefined {
  const value = reader.value(name);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && pattern.test(value)) return value;
  reader.fault(name, fault);
  return undefined;
}
