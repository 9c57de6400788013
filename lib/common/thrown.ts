/** Whether what was thrown is of a class. It may be anything, an object that refuses every look at it included. */
export function isThrown<T>(thrown: unknown, type: abstract new (...parameters: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}
