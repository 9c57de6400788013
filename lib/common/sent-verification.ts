/**
 * An open session.
 *
 * @publicApi
 */
export interface SentVerification {
  /** Needed again to check the code and to resend it. Only the client has it: the table stores its hash. */
  readonly sessionToken: string;
  /** E.164. */
  readonly phoneNumber: string;
  /** When the code expires. */
  readonly expiresAt: Date;
  /** From this instant the code may be sent again. */
  readonly resendAt: Date;
  /** Characters of the code. */
  readonly codeLength: number;
}
