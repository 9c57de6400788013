import { IsString, MaxLength } from 'class-validator';
import { VerificationTokenRequest } from './verification-token.request.js';

/** Body of `POST /users/change-phone`. `verification_token` is that of the new number. */
export class ChangePhoneRequest extends VerificationTokenRequest {
  /** That of the account's current number. */
  @IsString()
  @MaxLength(64)
  current_verification_token!: string;
}
