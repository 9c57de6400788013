/**
 * Whether people may reach this process: `NODE_ENV` names anything but `test` and `development`, so that a misspelt
 * `production` counts as one.
 */
export function isProduction(): boolean {
  return !['', 'test', 'development'].includes(process.env['NODE_ENV'] ?? '');
}
