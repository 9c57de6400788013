/** The purpose of a code that gives an account another number. */
export const CHANGE_PHONE = 'change-phone';
