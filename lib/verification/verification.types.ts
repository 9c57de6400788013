import type { EntityManager } from 'typeorm';
import type { MessageContext } from '../message/message-template.js';

/**
 * Options of a send.
 *
 * @publicApi
 */
export interface SendOptions {
  /**
   * The person's language: a tag such as `pt-BR`, or a whole `Accept-Language` header. It selects the text, and the
   * preferred tag is passed to the backend. Default: none, so the text is `message` or English.
   */
  readonly language?: string | undefined;
  /** Values of the template's further names (`contextKeys`). Default: none; missing values render empty. */
  readonly context?: MessageContext | undefined;
  /** Purpose of the code, which is valid for no other. Default `''`. */
  readonly purpose?: string | undefined;
  /**
   * Address of the client, for the limits per address: the HTTP adapter's `request.ip`, never a header. Default: none;
   * no limit per address applies.
   */
  readonly ip?: string | undefined;
  /**
   * A user, a device or a tenant that requests the message, for the limit `perSubject`; any text of one or more characters.
   * Default: none; that limit does not apply.
   */
  readonly subject?: string | undefined;
  /**
   * Whether the application knows that its signed-in caller owns the number. Such a send uses a second, equal budget of
   * `resendAfter`, `perNumber` and `perPrefix` that other callers cannot spend, and a tenth of `perCountry` and `total`
   * (`floor(max / 10)` sends) is reserved for it. Default `false`.
   */
  readonly ownNumber?: boolean | undefined;
}

/**
 * Which verification tokens are accepted.
 *
 * @publicApi
 */
export interface VerificationTokenOptions {
  /** Maximum age in seconds since the verification, 1 to 315 360 000. Default 900. */
  readonly maxAge?: number | undefined;
  /** Purpose for which the code was requested. Default `''`. */
  readonly purpose?: string | undefined;
}

/**
 * How a verification token is consumed.
 *
 * @publicApi
 */
export interface ConsumeOptions extends VerificationTokenOptions {
  /** The application's own transaction: a rollback makes the verification token usable again. Retries are up to it. */
  readonly manager?: EntityManager | undefined;
}

/**
 * A verified phone number.
 *
 * @publicApi
 */
export interface VerifiedPhone {
  /** E.164. */
  readonly phoneNumber: string;
  /** When the first correct code was given. */
  readonly verifiedAt: Date;
  /** Purpose for which the code was requested. */
  readonly purpose: string;
}

/**
 * Options of a purge.
 *
 * @publicApi
 */
export interface PurgeOptions {
  /** Minimum age since creation in whole days, 0 to 36 500. Default: the option `retentionDays`. */
  readonly olderThanDays?: number | undefined;
  /** Whether to count the rows without deleting them. Default `false`. */
  readonly dryRun?: boolean | undefined;
}
