import { Matches } from 'class-validator';
import { VerificationTokenRequest } from './verification-token.request.js';

/** Body of `POST /users/sign-up`. */
export class SignUpRequest extends VerificationTokenRequest {
  @Matches(/^[a-z0-9_]{2,30}$/, { message: 'username must be 2 to 30 lowercase letters, digits or _' })
  username!: string;
}
