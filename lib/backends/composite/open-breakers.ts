/** The method with which a composite backend tells which of the backends inside it are left alone for now. */
export const OPEN_BREAKERS = Symbol('PhoneVerify.openBreakers');

interface Guarding {
  [OPEN_BREAKERS](): readonly string[];
}

/** Names of the backends, inside this one at any depth, that are left alone for now, each once. */
export function openBreakersOf(backend: object): readonly string[] {
  return isGuarding(backend) ? [...new Set(backend[OPEN_BREAKERS]())] : [];
}

function isGuarding(backend: object): backend is Guarding {
  return OPEN_BREAKERS in backend;
}
