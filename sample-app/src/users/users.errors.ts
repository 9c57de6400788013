import { ConflictException, type HttpException, NotFoundException } from '@nestjs/common';

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

function body(statusCode: number, error: string, code: string, message: string): object {
  return { statusCode, error, message, code };
}
