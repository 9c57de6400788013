import { IsString, Matches, MaxLength } from 'class-validator';

/** Body of `POST /users/sign-up`. */
export class SignUpRequest {
  @Matches(/^[a-z0-9_]{2,30}$/, { message: 'username must be 2 to 30 small letters, digits or _' })
  username!: string;

  /** The proof that `POST /phone/verify` answered. */
  @IsString()
  @MaxLength(64)
  verification_token!: string;
}
