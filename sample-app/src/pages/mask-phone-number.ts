/** A number that its owner recognises and nobody else can call: `+14•••••••71`. */
export function maskPhoneNumber(phoneNumber: string): string {
  return phoneNumber.slice(0, 3) + '•'.repeat(Math.max(phoneNumber.length - 5, 0)) + phoneNumber.slice(-2);
}
