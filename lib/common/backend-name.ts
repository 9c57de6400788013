/** The class of a backend; an override in a test may have none. */
export function backendName(backend: object): string {
  return 'constructor' in backend && typeof backend.constructor === 'function' ? backend.constructor.name : 'backend';
}
