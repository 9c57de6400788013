import type { SendReceipt } from '../common/send-receipt.js';

/**
 * The receipt in what a backend returned. Whatever it returned, the message was sent, so anything else counts as a
 * receipt without an id.
 *
 * @param backend - Name of the backend, for a receipt without one.
 */
export function readReceipt(returned: unknown, backend: string): SendReceipt {
  try {
    const given: Partial<Record<keyof SendReceipt, unknown>> =
      typeof returned === 'object' && returned !== null ? returned : {};
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
