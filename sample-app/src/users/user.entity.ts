import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../instant.js';

/** An account, with the verified phone number of its owner. */
@Entity({ name: 'sample_user' })
@Index('ux_sample_user_username', ['username'], { unique: true })
@Index('ux_sample_user_phone_number', ['phoneNumber'], { unique: true })
export class User {
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 36, primaryKeyConstraintName: 'pk_sample_user' })
  id!: string;

  @Column({ name: 'username', type: 'varchar', length: 30 })
  username!: string;

  /** E.164. Comes from a verification token, never from a request. */
  @Column({ name: 'phone_number', type: 'varchar', length: 16 })
  phoneNumber!: string;

  /** When the number was verified; `null` for accounts of the sample's first version. */
  @Column({ name: 'phone_verified_at', type: 'bigint', nullable: true, transformer: instant })
  phoneVerifiedAt!: Date | null;
}
