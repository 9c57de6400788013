import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../instant.js';

/** A browser that is signed in. */
@Entity({ name: 'sample_session' })
export class Session {
  /** SHA-256 of the cookie in hex, so that a copy of the table signs nobody in. */
  @PrimaryColumn({ name: 'token_hash', type: 'varchar', length: 64, primaryKeyConstraintName: 'pk_sample_session' })
  tokenHash!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  @Column({ name: 'expires_at', type: 'bigint', transformer: instant })
  expiresAt!: Date;
}
