import type { SendReceipt } from '../common/send-receipt.js';

/**
 * The receipt in what a backend answered. The message went, whatever that is, so what is no receipt counts as one
 * without an id.
 *
 * @param backend - Who answered, for an answer that names nobody.
 */
export function readReceipt(answer: unknown, backend: string): SendReceipt {
  try {
    const given: Partial<Record<keyof SendReceipt, unknown>> =
      typeof answer === 'object' && answer !== null ? answer : {};
    const { backend: name, messageId, segments } = given;
    return {
      backend: typeof name === 'string' ? name : backend,
      ...(typeof messageId === 'string' && { messageId }),
      ...(typeof segments === 'number' && { segments }),
    };
  } catch {
    return { backend };
  }
}
