import { ConflictException, ForbiddenException, type HttpException, NotFoundException } from '@nestjs/common';

export function usernameTaken(): HttpException {
  return new ConflictException(body(409, 'Conflict', 'username_taken', 'This user name is taken.'));
}

/** Told only to who has proved to hold the number. */
export function phoneNumberTaken(): HttpException {
  return new ConflictException(body(409, 'Conflict', 'phone_number_taken', 'This number has an account already.'));
}

/** Told only to who has proved to hold the number. */
export function noAccount(): HttpException {
  return new NotFoundException(body(404, 'Not Found', 'account_not_found', 'This number has no account.'));
}

/** Told to who is signed in and verified some other number. */
export function currentNumberNotVerified(): HttpException {
  const message = 'Verify the number that your account has now.';
  return new ForbiddenException(body(403, 'Forbidden', 'current_number_not_verified', message));
}

function body(statusCode: number, error: string, code: string, message: string): object {
  return { statusCode, error, message, code };
}
