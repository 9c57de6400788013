import { IsString, MaxLength } from 'class-validator';

/** Body of `POST /users/sign-in` and `POST /users/change-phone`. */
export class ProofRequest {
  /** The proof that `POST /phone/verify` answered. */
  @IsString()
  @MaxLength(64)
  verification_token!: string;
}
