import type { PhoneNumber } from '../phone-number/phone-number.js';
import { originOf, type RoutedSendOptions, type SendOrigin } from './send-origin.js';

/** A send that somebody asks for. */
export interface SendRequest {
  readonly number: PhoneNumber;
  readonly purpose: string;
  readonly origin: SendOrigin;
  /** The application knows that its signed-in caller owns the number. */
  readonly isOwnNumber: boolean;
}

/** Reads who asks for what. */
export function sendRequestOf(number: PhoneNumber, purpose: string, options: RoutedSendOptions): SendRequest {
  return { number, purpose, origin: originOf(options), isOwnNumber: options.ownNumber === true };
}
