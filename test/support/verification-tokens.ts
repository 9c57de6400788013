import type { TestApplication } from './application.js';
import { NUMBER, CORRECT_CODE } from './requests.js';

/** Verifies a number. Returns the verification token. */
export async function obtainToken(
  { service }: Pick<TestApplication, 'service'>,
  purpose = '',
  phoneNumber = NUMBER,
): Promise<string> {
  const { sessionToken } = await service.sendSecurityCode(phoneNumber, { purpose });
  const result = await service.verifySecurityCode(phoneNumber, CORRECT_CODE, sessionToken, { purpose });
  if (result.verificationToken === undefined) throw new Error(`no verification token: ${result.status}`);
  return result.verificationToken;
}
