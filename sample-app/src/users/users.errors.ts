import { ConflictException, ForbiddenException, type HttpException, NotFoundException } from '@nestjs/common';

export function usernameTaken(): HttpException {
  return new ConflictException(body(409, 'Conflict', 'username_taken', 'This user name is taken.'));
}

/** Only for clients that have verified the number. */
export function phoneNumberTaken(): HttpException {
  return new ConflictException(body(409, 'Conflict', 'phone_number_taken', 'This number already has an account.'));
}

/** Only for clients that have verified the number. */
export function noAccount(): HttpException {
  return new NotFoundException(body(404, 'Not Found', 'account_not_found', 'This number has no account.'));
}

/** For signed-in clients that verified a number which is not the account's. */
export function currentNumberNotVerified(): HttpException {
  const message = 'Verify the current number of your account.';
  return new ForbiddenException(body(403, 'Forbidden', 'current_number_not_verified', message));
}

function body(statusCode: number, error: string, code: string, message: string): object {
  return { statusCode, error, message, code };
}
