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
 * How a proof is looked up.
 *
 * @publicApi
 */
export interface ProofOptions {
  /** Oldest proof that counts, in seconds since the verification. Default 900. */
  readonly maxAge?: number | undefined;
  /** Purpose that the code was asked for. Default `''`. */
  readonly purpose?: string | undefined;
}

/**
 * How a proof is consumed.
 *
 * @publicApi
 */
export interface ConsumeOptions extends ProofOptions {
  /** The application's own transaction: when it rolls back, the proof is usable again. Its retries stay its own. */
  readonly manager?: EntityManager | undefined;
}

/**
 * A number and when somebody proved to hold it.
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
