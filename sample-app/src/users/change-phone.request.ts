import { IsString, MaxLength } from 'class-validator';
import { ProofRequest } from './proof.request.js';

/** Body of `POST /users/change-phone`; `verification_token` is of the new number. */
export class ChangePhoneRequest extends ProofRequest {
  /** Of the number that the account has. */
  @IsString()
  @MaxLength(64)
  current_verification_token!: string;
}
