import type { EntityManager } from 'typeorm';
import type { MessageContext } from '../message/message-template.js';

/**
 * What a caller may say about a send.
 *
 * @publicApi
 */
export interface SendOptions {
  /**
   * The person's language: a tag such as `pt-BR`, or a whole `Accept-Language` header. It chooses the text; the
   * preferred tag is handed to the backend.
   */
  readonly language?: string | undefined;
  /** Values for the template's further names (`contextKeys`). */
  readonly context?: MessageContext | undefined;
  /** What the code is for. A code asked for one purpose serves no other. Default `''`. */
  readonly purpose?: string | undefined;
  /**
   * Address of the client, for the limits by address: what the HTTP adapter gives as `request.ip`, never a header.
   * Without it nothing is counted by address.
   */
  readonly ip?: string | undefined;
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
  /** Purpose that the code was asked for. Default `''`. */
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
  /** Time of the first right code. */
  readonly verifiedAt: Date;
  /** Purpose that the code was asked for. */
  readonly purpose: string;
}

/**
 * What a purge deletes.
 *
 * @publicApi
 */
export interface PurgeOptions {
  /** Age since creation in whole days, 0 or more. Default: the module's `retentionDays`. */
  readonly olderThanDays?: number | undefined;
  /** Count only, delete nothing. Default `false`. */
  readonly dryRun?: boolean | undefined;
}
