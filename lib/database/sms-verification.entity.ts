import { inspect } from 'node:util';
import { Column, Entity, Index, PrimaryColumn, type ValueTransformer } from 'typeorm';
import { instant } from '../database/instant.js';

const flag: ValueTransformer = {
  to: (value: boolean | undefined) => (typeof value === 'boolean' ? Number(value) : value),
  from: (value: number | null) => value === 1,
};

/**
 * One verification session: a code sent to a number, and what became of it. No column holds a code or a token in the
 * clear. The table is written by the library alone; read it for support and reporting.
 *
 * @publicApi
 */
@Entity({ name: 'sms_verification' })
@Index('ux_sms_verification_session_token', ['sessionToken'], { unique: true })
@Index('ux_sms_verification_verification_token', ['verificationToken'], { unique: true })
@Index('ix_sms_verification_created_at', ['createdAt'])
@Index('ix_sms_verification_phone_number_created_at', ['phoneNumber', 'createdAt'])
export class SMSVerification {
  /** UUID, made by the application. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 36, primaryKeyConstraintName: 'pk_sms_verification' })
  id!: string;

  /** E.164, such as `+14155552671`. */
  @Column({ name: 'phone_number', type: 'varchar', length: 16 })
  phoneNumber!: string;

  /** What the code is for; `''` when the application has one use only. */
  @Column({ name: 'purpose', type: 'varchar', length: 64 })
  purpose!: string;

  /** Version and keyed hash (HMAC-SHA256, lowercase hex) of purpose, number and code. */
  @Column({ name: 'security_code', type: 'varchar', length: 80 })
  securityCode!: string;

  /** Version and the code under AES-256-GCM, which only the holder of the session token can have opened. */
  @Column({ name: 'sealed_code', type: 'varchar', length: 128 })
  sealedCode!: string;

  /** SHA-256 of the session token, lowercase hex. */
  @Column({ name: 'session_token', type: 'varchar', length: 64 })
  sessionToken!: string;

  /** SHA-256 of the verification token, lowercase hex; `null` until a right code. */
  @Column({ name: 'verification_token', type: 'varchar', length: 64, nullable: true })
  verificationToken!: string | null;

  /** Whether a right code was given. */
  @Column({ name: 'is_verified', type: 'integer', transformer: flag })
  isVerified!: boolean;

  /** Time of the first right code. */
  @Column({ name: 'verified_at', type: 'bigint', nullable: true, transformer: instant })
  verifiedAt!: Date | null;

  /** Time at which the verification token was consumed. */
  @Column({ name: 'consumed_at', type: 'bigint', nullable: true, transformer: instant })
  consumedAt!: Date | null;

  /** Wrong codes since the last right one. */
  @Column({ name: 'failed_attempts', type: 'integer' })
  failedAttempts!: number;

  /** Messages that the backend took. */
  @Column({ name: 'send_count', type: 'integer' })
  sendCount!: number;

  /** Time of the last message that the backend took. */
  @Column({ name: 'last_sent_at', type: 'bigint', nullable: true, transformer: instant })
  lastSentAt!: Date | null;

  /** Backend that took the last message. */
  @Column({ name: 'backend', type: 'varchar', length: 64, nullable: true })
  backend!: string | null;

  /** The provider's id of the last message. */
  @Column({ name: 'message_id', type: 'varchar', length: 128, nullable: true })
  messageId!: string | null;

  /** The session is over at this instant. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: instant })
  expiresAt!: Date;

  /** Time of the registration. */
  @Column({ name: 'created_at', type: 'bigint', transformer: instant })
  createdAt!: Date;

  /** Time of the last change. */
  @Column({ name: 'modified_at', type: 'bigint', transformer: instant })
  modifiedAt!: Date;

  /** Whether the session is over, by this process's clock; `false` for a row that was read without its end. */
  get isExpired(): boolean {
    return 'expiresAt' in this && Date.now() >= this.expiresAt.getTime();
  }

  /** Everything but the four secrets. */
  toJSON(): Record<string, unknown> {
    const {
      securityCode: _code,
      sealedCode: _sealed,
      sessionToken: _session,
      verificationToken: _verificationToken,
      ...rest
    } = this;
    return { ...rest, isExpired: this.isExpired };
  }

  /** @internal */
  [inspect.custom](): unknown {
    return this.toJSON();
  }
}
