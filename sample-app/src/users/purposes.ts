/** Purpose of the code that confirms a change on the account's current number. */
export const CHANGE_PHONE = 'change-phone';

/** Purpose of the code that verifies the account's new number. */
export const NEW_PHONE = 'new-phone';
