/** The class name of a backend. An override in a test may have no class. */
export function backendName(backend: object): string {
  return 'constructor' in backend && typeof backend.constructor === 'function' ? backend.constructor.name : 'backend';
}
