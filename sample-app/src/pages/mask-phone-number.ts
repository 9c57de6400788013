/** Masks a number so that only its owner recognises it: `+14•••••••71`. */
export function maskPhoneNumber(phoneNumber: string): string {
  return phoneNumber.slice(0, 3) + '•'.repeat(Math.max(phoneNumber.length - 5, 0)) + phoneNumber.slice(-2);
}
