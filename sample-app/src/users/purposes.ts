/** The purpose of a code by which the current number of an account agrees to another one. */
export const CHANGE_PHONE = 'change-phone';

/** The purpose of a code that verifies the number which an account is to have. */
export const NEW_PHONE = 'new-phone';
