import type { TestApplication } from './application.js';
import { NUMBER, RIGHT_CODE } from './requests.js';

/** Verifies a number and answers the proof. */
export async function prove(
  { service }: Pick<TestApplication, 'service'>,
  purpose = '',
  phoneNumber = NUMBER,
): Promise<string> {
  const { sessionToken } = await service.sendSecurityCode(phoneNumber, { purpose });
  const result = await service.verifySecurityCode(phoneNumber, RIGHT_CODE, sessionToken, { purpose });
  if (result.verificationToken === undefined) throw new Error(`no proof: ${result.status}`);
  return result.verificationToken;
}
