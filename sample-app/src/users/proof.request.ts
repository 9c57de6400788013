import { IsString, MaxLength } from 'class-validator';

/** Body of `POST /users/sign-in`. */
export class ProofRequest {
  /** From the response of `POST /phone/verify`. */
  @IsString()
  @MaxLength(64)
  verification_token!: string;
}
