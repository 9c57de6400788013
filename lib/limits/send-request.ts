import type { IncomingRequest } from '../common/incoming-request.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { IpAddress } from './address.js';

/** The address that a send was requested from. */
export interface ClientAddress {
  /** `undefined` when no valid address is known. */
  readonly ip: IpAddress | undefined;
  /** The address is that of a proxy, which many clients share: limits per address leave room for them. */
  readonly isUntrustedProxy: boolean;
}

/** A requested send. */
export interface SendRequest {
  readonly number: PhoneNumber;
  readonly purpose: string;
  /** `undefined` where the caller of the service named no address: then no limit per address counts the send. */
  readonly client: ClientAddress | undefined;
  /** A user, a device or a tenant that the application named; `undefined` if it named none. */
  readonly subject: string | undefined;
  /** The HTTP request; `undefined` for a caller of the service. */
  readonly request: IncomingRequest | undefined;
  /** The application knows that its signed-in caller owns the number. */
  readonly isOwnNumber: boolean;
  /** The number is a test number, which is sent nothing. */
  readonly isTestNumber: boolean;
  /** The code of an open session is to be sent again. */
  readonly isResend: boolean;
}
