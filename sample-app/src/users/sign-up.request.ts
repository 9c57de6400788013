import { Matches } from 'class-validator';
import { ProofRequest } from './proof.request.js';

/** Body of `POST /users/sign-up`. */
export class SignUpRequest extends ProofRequest {
  @Matches(/^[a-z0-9_]{2,30}$/, { message: 'username must be 2 to 30 small letters, digits or _' })
  username!: string;
}
