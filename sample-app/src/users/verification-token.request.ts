import { IsString, MaxLength } from 'class-validator';

/** Body of `POST /users/sign-in`, and the part that the other bodies share. */
export class VerificationTokenRequest {
  /** From the response to `POST /phone/verify`. */
  @IsString()
  @MaxLength(64)
  verification_token!: string;
}
