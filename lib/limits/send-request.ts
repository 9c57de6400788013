import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { SendOrigin } from './send-origin.js';

/** A send that somebody asks for. */
export interface SendRequest {
  readonly number: PhoneNumber;
  readonly purpose: string;
  readonly origin: SendOrigin;
  /** The application knows that its signed-in caller owns the number. */
  readonly isOwnNumber: boolean;
  /** The number is a test number, which is sent nothing. */
  readonly isTestNumber: boolean;
  /** The code of an open session is to be sent again. */
  readonly isResend: boolean;
}
