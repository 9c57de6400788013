/** Whether a thrown value is an instance of a class. Safe for any value, also for a revoked proxy. */
export function isThrown<T>(thrown: unknown, type: abstract new (...parameters: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}
