import { Matches } from 'class-validator';

/** Body of `POST /users/check-username`. */
export class UsernameRequest {
  @Matches(/^[a-z0-9_]{2,30}$/, { message: 'username must be 2 to 30 lowercase letters, digits or _' })
  username!: string;
}
