/**
 * Whether this process may run in production: `NODE_ENV` is anything but `test` and `development`, so that a misspelt
 * `production` counts as one.
 */
export function isProduction(): boolean {
  return !['', 'test', 'development'].includes(process.env['NODE_ENV'] ?? '');
}
